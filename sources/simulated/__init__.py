"""The built-in simulated district: messy deliveries of all feeds and networks, deterministic for a seed and a date.

Here belong its site register, its delivery schedule, the generators of its files and the answer key of every
planted defect. Not here: reading those files (sources.readers) or any figure of the plan: levels are made up
to be plausible, every site id begins with SIM- and every Chinese name ends with （模拟）.
"""
