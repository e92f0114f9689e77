"""What the figures come from: `harness` (commands timed as whole processes, in turn), `stacks` (what they are given),
`clusters` (the API servers they talk to), one module a benchmark, and `report` (the table)."""
