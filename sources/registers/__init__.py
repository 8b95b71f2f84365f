"""Declared registers: ledgers of cases and lists of members, read and counted without code."""
