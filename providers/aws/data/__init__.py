"""One module a kind of AWS data source; each has its `KIND`."""
