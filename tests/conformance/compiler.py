"""A process that compiles SQL with the project's macros, one template a line, with dbt started once.

Started by kit.py: `python -m tests.conformance.compiler <partial_parse.msgpack> <clean layer> <arguments>`. It has
a database of its own: dbt keeps the one it opens locked. Here belongs nothing else.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from orchestration.dbt_runs.dbt_child import place_sources


def main(parsed: str, clean: str, *options: str) -> None:
    """Answers each line of JSON text on stdin by one of compiled SQL on stdout, or of {"error": …}."""
    content = Path(parsed).read_bytes()
    for line in sys.stdin:
        # An inline node stays in the manifest that compiled it.
        manifest = Manifest.from_msgpack(content)
        place_sources(manifest, Path(clean))
        with contextlib.redirect_stdout(sys.stderr):
            done = dbtRunner(manifest=manifest).invoke(["compile", *options, "--inline", json.loads(line)])
        answer = done.result.results[0].node.compiled_code if done.success else {"error": str(done.exception)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
