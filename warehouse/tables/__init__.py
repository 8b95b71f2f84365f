"""Published tables: what is declared of each, the order of its rows, and what a release will hold of it."""
