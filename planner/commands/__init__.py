"""What serves one command: `run` (plan, apply) and `refusals` (why a saved plan does not run), `validate`, `console`
and `prompt`, `fmt`, `access`, `initialize`."""
