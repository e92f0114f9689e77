"""What was written: files to blocks, modules, who refers to whom; nothing is evaluated.

In the order in which data flows: `shapes` (what a block may hold), `blocks` (what they are read into), `readers` (a
file a family), `load` (all files of a stack and its modules), `modules` (where packages come from), `versions`;
`inheritance` (which provider configuration a block has), `expressions`, `triggers`, `references` (who refers to whom).
"""
