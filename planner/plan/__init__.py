"""From what should exist and what does to a plan.

`steps` and `plan` are what a plan is. `diff` plans one instance (`ignored`: what it leaves as it is), `imports` what
comes in, `keys` refuses duplicates, `data` and `changing` what is read and when, `unwanted` what goes, `resuming` what
goes on already, `triggers`, `checks` and `outputs` the rest; `edges` and `targets` make the graph, `build` puts all of
it together, and `saved` keeps it in a file, by the tables of `records` and `values`, for the `identities` that it was
made for.
"""
