"""From the blocks of one module's files to its `Configuration`: `reader` is what all share, then a file a family."""
