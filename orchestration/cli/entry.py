"""Entry point of `ecoledger`: a declaration that cannot be used is said in a sentence before anything else is imported.

Here belongs only that: modules read the registry while they are imported. Not here: commands (main.py).
"""

from __future__ import annotations

import sys

from orchestration.decisions import BAD_USAGE
from sources.registry.feed_model import RegistryError


def main() -> None:
    """Runs `ecoledger`; a mistake in a declaration of a feed ends with 2 and says where it is."""
    try:
        from orchestration.cli.main import main as run
    except RegistryError as error:
        print(f"ecoledger: {error}", file=sys.stderr)
        sys.exit(BAD_USAGE)
    run()


if __name__ == "__main__":
    main()
