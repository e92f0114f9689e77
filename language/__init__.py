"""What the user writes, and the values it is made of. Imports nothing of ours.

Read in this order: `syntax` (texts to trees), `body` and `json_body` (blocks and arguments), `cache` (trees from run to
run), `expressions` (what others hold of an expression), `compile` (trees to closures), `types`, `values`, `schema`,
`operators`, `functions` (a file a family), `explanations` (which values matter in an error), `diagnostics`,
`formatting`, `yaml`, `graphemes`; `limits` and `memory` keep it small; `tracing` and `redaction` serve the log.
"""

__version__ = "0.1.0"
