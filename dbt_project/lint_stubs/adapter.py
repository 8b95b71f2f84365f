"""Stand-in for dbt's `adapter` while sqlfluff lints.

Here belongs only what the linter's jinja needs to render a dispatched macro: a call with the macro's own name, so
that the statement parses. The SQL that runs comes from dbt, never from here.
"""

from collections.abc import Callable


def dispatch(macro_name: str, _package: str | None = None) -> Callable[..., str]:
    """A function that renders `macro_name(arguments…)` as SQL text."""

    def render(*arguments: object, **named: object) -> str:
        return f"{macro_name}({', '.join(str(a) for a in (*arguments, *named.values()))})"

    return render
