"""What people and programs read. `theme` (symbols, words, colours), `values` (values and their differences as text),
`plan_text` and `plan_json` (a plan), `diagnostics`, `progress` (an apply, live or by lines), `stream` (machine-readable
lines), `state_text`, `graph`; `session` puts them together for a command."""
