"""What the user writes, and the values it is made of. Imports nothing of ours.

Read in this order: `diagnostics`, `syntax` (texts to trees), `types`, `values`, `marks`, `refinements`, `unification`
and `conversion`, `operators`, `traversal` (what an expression refers to) and `scope` (what names mean there),
`functions` (a file a family), `compile` (trees to closures), `explanations` (which values matter in an error),
`expressions` (what others hold of one), `constants`, `constraints` (of types) and `schema`; `body` and `json_body`
(blocks and arguments), `cache` (trees from run to run) and `parsing` (all of it, for a file); `formatting`, `yaml`,
`graphemes`, `unicode`; `limits`, `sizes`, `memory` and `bodies` keep it small; `overriding` is for readers; `tracing`
and `redaction` serve the log.
"""

__version__ = "0.1.0"
