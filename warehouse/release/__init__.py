"""Releases: immutable directories, the ledger that names them, and what only a person may decide about them."""
