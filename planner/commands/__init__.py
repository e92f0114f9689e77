"""What serves one command: `run` (plan, apply), `validate`, `console` and `prompt`, `fmt`, `access`, `initialize`."""
