"""One module a kind of AWS resource; each has its `KIND`."""
