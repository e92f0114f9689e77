"""What serves one command: `run` (plan, apply; `refusals` of saved plans), `validate`, `console` and `prompt`, `fmt`,
`access`, `initialize`."""
