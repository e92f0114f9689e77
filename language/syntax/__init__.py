"""HCL's native syntax: `scanner` (characters to tokens), `nodes` (the tree), `templates` and `expressions` (the rules
of values), `parser` (the rules of files). `language.body` is the view of it that other rooms use."""
