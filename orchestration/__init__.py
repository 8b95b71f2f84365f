"""Wiring: Dagster definitions, partitions, the schedule, resources and the command line.

What belongs here starts, orders and reports the work of the rooms above. Not here: any decision about data;
what is worth testing without Dagster is in `decisions.py` or in another room.
"""
