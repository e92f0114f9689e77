"""What people and programs read; the planner's events, plans and diagnostics come in, text and JSON go out.

`session` is a command's face and puts the rest together. For people: `plan_text` (a plan), `step_text` (one step of
it), `diff` (two values), `notation` (how values are written), `masks` (what is secret in them), `theme` (symbols,
words, colours), `paint` (lines to a console), `outlet` (where they leave); `live` and `lines` (an apply as it goes),
`upcoming` (what is next in it); `diagnostics`, `outputs`, `state_text`, `graph`, `picture`; `prompt` and `values` (the
console). For programs: `plan_json`, `checks_json`, `state_json`, `configuration_json`, `json_values`, and `stream` (a
line of JSON for everything that happens). `trace` is the log, and
`explanation_text` says why a step is in a plan, for who looks for a fault.
"""
