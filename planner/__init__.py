"""The story: load, evaluate, expand, read, differ, plan, apply. Knows providers by their contract only.

Read in the order in which a stack becomes a plan:

- what was written: `configuration` (blocks, nothing evaluated), `shapes` (what each may hold), `blocks` and `load`
  (from files to blocks), `modules` (where packages come from), `initialize`, `references` (who refers to whom),
  `triggers`, `versions`;
- values: `variables`, `evaluate` (names to values, one evaluator a module instance), `repetition` (count, for_each),
  `dynamic` and `decode` (bodies to values by a schema), `inheritance` (which provider configuration a block has);
- what is wanted: `instances`, `clusters` and `apps` (blocks to instances), `wanted` (all in one form), `durations`;
- what exists: `workspace` (a stack opened for work), `clients` (configured providers), `prior` (read in batches),
  `moves`, `imports`, `remote_state`;
- the plan: `diff` (one instance), `data` and `changing` (what is read, and when), `unwanted`, `conditions`, `checks`,
  `outputs`, `edges`, `targets`, `steps` and `plan` (what a plan is), `build` (all of it), `saved` (in a file);
- the apply: `apply` walks it, `pending` and `stored` fill in what was unknown, `events` are what happens.

`run` is what commands call; `validate`, `console`, `format_files` and `access` serve one each; `render` shows things.
"""
