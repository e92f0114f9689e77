"""What an editor asks of a stack, over the Language Server Protocol.

`place` tells what is being typed, `members` what a block may hold, `stack` what the folder declares; `completion`,
`hover` and `symbols` answer from them. `server` alone knows the protocol's server.
"""
