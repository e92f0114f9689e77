"""Values: `variables`, `evaluator` (names to values, one a module instance), `repetition` (count, for_each), `dynamic`
and `decode` (bodies to values by a schema), `conditions`, `marking`, `durations`, and `stored` (values in the form
that the state keeps)."""
