"""Mutation testing: would a test fail, if this line were wrong?

`sites` finds what can be changed in a file and how, `covering` which tests execute a line (`durations` how long they
take), `trying` runs these on a copy of the tree with one change in it, `copies` makes the copies. The command draws a
random sample a room and prints the share that survives. `equivalent.txt` lists changes that nobody could observe, each
with its reason.
"""
