"""The built-in district without its 43 small air stations, in a data directory of its own, refreshed by command line.

Here belongs only that. Not here: what a refresh of it must give.
"""

from __future__ import annotations

from pathlib import Path

from tests.kit import Ran, copy_built_in, parsed, run_cli
from warehouse.paths import DataDir

LEFT_OUT = 'id = "sim_air_micro"'
# One for all of them: with another key private cases have other identities, and so other digests.
KEY = "of the tests, for every data directory of theirs"


class District:
    """The cut district's configuration and data directory."""

    def __init__(self, folder: Path, begins: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.begins = begins
        self.data, self.config = folder / "data", folder / "ecoledger.toml"
        head, *sources = copy_built_in(folder).split("[[source]]")
        kept = [source for source in sources if LEFT_OUT not in source]
        assert len(kept) == len(sources) - 1
        head += '[registers]\nidentity_key_file = "identity.key"\n\n'
        self.config.write_text("[[source]]".join((head, *kept)), encoding="utf-8")
        key = folder / "identity.key"
        key.write_text(KEY, encoding="utf-8")
        key.chmod(0o600)
        parsed(DataDir(self.data))
        self.refreshed: dict[str, Ran] = {}

    def refresh(self, last_day: str, *options: str) -> Ran:
        """Refreshes from the first day to `last_day`."""
        return run_cli(*self.arguments(last_day, *options))

    def arguments(self, last_day: str, *options: str) -> tuple[str, ...]:
        """What `ecoledger` is called with for that."""
        places = ("--data", str(self.data), "--config", str(self.config))
        return ("refresh", *places, "--from", self.begins, "--to", last_day, "--json", *options)
