"""Rows of text become clean readings: parse, resolve, flag.

Here belong pure functions over frames, and `clean_deliveries`, which drives them against a store. Not here: how bytes
become rows (sources.readers), where partitions lie (warehouse), or any indicator (dbt_project). This package imports
nothing heavy by itself: a refresh with nothing new loads `fingerprint` and `store` only.
"""
