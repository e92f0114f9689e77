"""What should exist: `instances`, `clusters` and `apps` bring blocks into the one form of `desired`."""
