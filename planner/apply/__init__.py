"""The run of a plan, from the outside in.

`walk` goes through the graph. A module an operation (`create`, `update`, `delete`, `adopt`, `import_`, `resume`,
`read`, `forget`) does the work, with what all of them share (`context`): whom they call (`calling`), what was unknown
and what exists (`resolving`), what kinds make of that by now (`final_plan`), and the journal (`recording`). `outcome`
says what came of each; `conditions` are asked around them, `progress` tells of them, and `conclusion` records what is
left at the end.
"""
