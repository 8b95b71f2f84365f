"""How names are written that people choose: of networks, registers, figures and scores, and of the teams that own them.

Here belong patterns that declarations of several kinds share. Not here: the sentence that says what is wrong with a
name (the check of each kind). Standard library only.
"""

import re

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
# Dagster takes owners in ASCII only.
TEAM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
