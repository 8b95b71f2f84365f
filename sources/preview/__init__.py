"""A look at what a configuration makes of its files, without a data directory: the beginning of one file a source.

Here belong reading that beginning through the real cleaning, and saying what each column became. Not here: printing
(orchestration.cli) or any rule for a row (sources.cleaning).
"""
