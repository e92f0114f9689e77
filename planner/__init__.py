"""The story of a stack, a package a chapter, each below the next. Knows providers by their contract only.

- `configuration`: files to blocks, modules, who refers to whom; nothing is evaluated
- `evaluation`: variables and names to values, repetition, bodies by a schema
- `desired`: instances, clusters and apps in one form: what should exist
- `prior`: what the state names and what really exists; moves
- `plan`: steps, the difference of one instance, data, edges, targets; the plan as data, and in a file
- `apply`: the walk of that plan
- `render`: what people and programs read
- `commands`: what serves one command

`events` is what happens meanwhile, below them all.
"""
