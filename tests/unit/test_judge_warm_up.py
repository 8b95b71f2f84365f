"""What the judge's import in the background shares with the process that goes on."""

import subprocess
import sys

SHARED = """
import sys
from types import SimpleNamespace
from orchestration.steps import judge

class Never:
    def __init__(self, **of): pass
    def start(self): print(*sys.modules)

judge.threading = SimpleNamespace(Thread=Never)
judge.warm_up()
from expectations.great_judge import import_library
import_library()
print(*sys.modules)
"""
# Loaded with a database that Dagster does not use.
OTHERS = ("sqlalchemy.dialects", "sqlalchemy.connectors")


def test_no_part_of_sqlalchemy_is_left_to_the_background():
    """Dagster uses SQLAlchemy at the same time, and would meet a part that is half loaded."""
    done = subprocess.run([sys.executable, "-c", SHARED], capture_output=True, text=True, check=True)
    before, after = (set(line.split()) for line in done.stdout.splitlines())
    late = {name for name in after - before if name.split(".")[0] == "sqlalchemy" and not name.startswith(OTHERS)}
    assert "great_expectations" in after - before
    assert late == set()
