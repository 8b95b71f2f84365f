"""A first draft of a `[[source]]` from the beginning of a user's files.

Here belong sensing how a file is laid out and what its columns mean, and writing that down with what is unsure marked.
Pure functions of bytes, rows and the registry. Not here: cleaning by the mapping (sources.cleaning), checking it
(sources.config), or printing (orchestration.cli). What is sensed here is only ever suggested: nothing but people reads
it.
"""
