"""What exists: `workspace` (a stack opened for work), `backends` (where its state is), `clients` (configured
providers), `moves`, `reading` (what the state names, in batches), `settling` (what may not be listed yet), `holdings`
(what would go with it), `data_reader` and `remote_state`."""
