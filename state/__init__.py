"""What exists and what was about to: snapshot, journal, locks, and the places where they are kept. Knows no provider.

Read in this order: `codec` (JSON with exact numbers), `fields` (records as JSON, by tables), `secrets` (keyed digests
that stand for secrets), `values` (what attributes hold), `resources` and `records` (what is kept, what happened to it),
`formats` (older ones), `snapshot` and `segments` (both as bytes), `replay` (one plus the other),
`backends` (where the bytes live: `contract` first), `lease` (a lock that is kept alive), `journal` (group commit),
`hiding` (what a backup may not say), `ledger` (the conditional writes), `rescue` (when all else fails), `recovery`
(when the snapshot is missing), `manager` (what the planner talks to), `operations` and `exchange` (what people do to a
state by hand); `files` (whole or not there) serves them.

Why no stale writer can win: a snapshot is replaced only if it is still the one that was read, and a journal is a chain
of numbered slots, each of which is filled only once. Whoever was overtaken finds its next slot taken or its snapshot
replaced, and is told so. A snapshot is only replaced after the journal was sealed, so nothing falls between the two.
"""
