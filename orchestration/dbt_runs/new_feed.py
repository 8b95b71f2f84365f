"""The skeleton of a new feed: a declaration with one table and one parameter, its staging model, a mart and its suite.

Here belongs writing the texts of skeleton/, which are small and complete: the project builds, tests and publishes with
them, and a newcomer changes them from there. Not here: the files that follow from declarations (feed_files.py).
"""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

from orchestration.dbt_runs.feed_files import staging_name
from sources.registry import Registry

SKELETON = Path(__file__).with_name("skeleton")
_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}\Z")


class BadFeedName(ValueError):
    """A feed cannot be called so; the message says why and what a name may be."""


def write_skeleton(root: Path, name: str, registry: Registry) -> list[str]:
    """Writes the files of a feed called `name` and returns their names relative to `root`; nothing is overwritten.

    BadFeedName if the name is taken or cannot be a package, a folder and a table.
    """
    if not _NAME.match(name):
        raise BadFeedName(f"'{name}' cannot be a feed: use lower-case letters, digits and _, a letter first")
    if name in registry.feeds or name in registry.domains or f"clean_{name}" in registry.tables:
        raise BadFeedName(f"there is a feed, domain or table called '{name}' already; see sources/feeds/{name}")
    words = {"name": name, "title": name.replace("_", " ").capitalize()}
    files = {path: Template(_text(of)).substitute(words) for path, of in _files(name).items()}
    if there := [path for path in files if (root / path).exists()]:
        raise BadFeedName(f"already there: {', '.join(there)}")
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return list(files)


def _text(template: str) -> str:
    return (SKELETON / f"{template}.tmpl").read_text(encoding="utf-8")


def _files(name: str) -> dict[str, str]:
    """Each file of the skeleton with the template it is made from."""
    staging = f"dbt_project/models/staging/{staging_name('clean_' + name)}"
    mart = f"dbt_project/models/marts/{name}/mart_{name}_daily"
    return {
        f"sources/feeds/{name}/__init__.py": "package.py",
        f"sources/feeds/{name}/feed.toml": "feed.toml",
        f"{staging}.sql": "staging.sql",
        f"{staging}.yml": "staging.yml",
        f"{mart}.sql": "mart.sql",
        f"{mart}.yml": "mart.yml",
        f"expectations/suites/{name}.py": "suite.py",
    }
