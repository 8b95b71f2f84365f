"""The commands of `ecoledger`, one module each.

A command settles its options, calls a room and prints. Heavy imports stand inside the functions that need
them, because a refresh with nothing new must be over in seconds. Not here: decisions, and the work itself.
"""
