"""The walk of a plan's graph (`walk`), with what was unknown filled in from what came out (`resolving`)."""
