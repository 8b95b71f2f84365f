"""Declared networks: what is observed in a network, how it is put together and what it is held to, without code."""
