"""The build plan: which nodes of the candidate are built again, which perhaps, and which are carried as they are.

Here belongs that decision, as pure functions of keys. A node's key is what it depends on: its own code and what each
node that it reads holds. Not here: where keys are kept (build_state.py), what a node's code is (orchestration).
Standard library only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["rebuilt", "perhaps", "carried"]
# Days before and after, or WHOLE_YEAR.
Reach = tuple[int | None, int | None]
WHOLE_YEAR: Reach = (None, None)
MISSING = "missing"
# Id of the moment of the latest delivery, which nodes read like a table.
MOMENT = "as_of"
_INPUTS_NAMED = 3


@dataclass(frozen=True)
class Node:
    """A seed, model or data test: `code` stands for everything of its own that decides what it gives.

    `parents` are the ids of what it reads. `holds` is the token of what it holds where that is known before it is
    built (a seed holds its file), else empty. A test is `built` once it passed.

    A node that is built by day gives the rows of a day from rows near that day: `reach` says of each parent that it
    reads so, how many days before and after, or WHOLE_YEAR for the days of the calendar year. While the moment of the
    latest delivery is less than `open_days` after the end of a day, that day's rows depend on it.
    """

    id: str
    name: str
    kind: str
    code: str
    parents: tuple[str, ...] = ()
    holds: str = ""
    reach: Mapping[str, Reach] = field(default_factory=dict)
    open_days: int = 0


@dataclass(frozen=True)
class Decision:
    """What is done with a node, and why in a few words."""

    node: Node
    verdict: Verdict
    reason: str


def key_of(code: str, parents: Iterable[str], tokens: Mapping[str, str]) -> str:
    """The key of a node, as text that a person can compare: `code|parent=token;…`, parents in order of their ids.

    The view state.due of the working database builds the same text (build_state.py).
    """
    return f"{code}|" + ";".join(f"{parent}={tokens.get(parent, MISSING)}" for parent in sorted(parents))


def decide(
    nodes: Iterable[Node], tokens: Mapping[str, str], built: Mapping[str, str], there: Collection[str]
) -> list[Decision]:
    """The decision for every node, in order: each after what it reads.

    `tokens` says what every node holds now (sources as they are, models as they were left), `built` under which key
    each node was built last, `there` which models and seeds the working database has. A node is `rebuilt` if its key
    is another one, `perhaps` if it reads one that is rebuilt or perhaps: it is left alone should that one hold the same
    rows again.
    """
    decisions: list[Decision] = []
    moving: set[str] = set()
    known = dict(tokens)
    for node in _ordered(nodes):
        if node.holds:
            known[node.id] = node.holds
        key = key_of(node.code, node.parents, known)
        if node.kind != "test" and node.id not in there:
            decision = Decision(node, "rebuilt", "it is not there")
        elif built.get(node.id) != key:
            decision = Decision(node, "rebuilt", _changed(built.get(node.id), node, key))
        elif first := next((p for p in node.parents if p in moving), None):
            decision = Decision(node, "perhaps", f"it reads {short(first)}")
        else:
            decision = Decision(node, "carried", "nothing that it depends on has changed")
        # A seed's token is known: who reads it is rebuilt by its own key.
        if decision.verdict != "carried" and node.kind != "test" and not node.holds:
            moving.add(node.id)
        decisions.append(decision)
    return decisions


def differing(before: Mapping[str, tuple[str, str]], built: Mapping[str, str], tokens: Mapping[str, str]) -> list[str]:
    """Names of nodes that a full build made from exactly the same as `before` (id → key, token), but with other rows.

    Each is a fault of ours: a table that was carried, or that does not give the same rows twice.
    """
    found = [n for n, (key, token) in before.items() if built.get(n) == key and tokens.get(n, token) != token]
    return sorted(map(short, found))


def short(node_id: str) -> str:
    """The name in an id: model.ecoledger.int_air_hour is int_air_hour."""
    return node_id.rsplit(".", 1)[-1]


def _changed(before: str | None, node: Node, key: str) -> str:
    """Why the key is another one, in words."""
    if before is None:
        return "it has not passed yet" if node.kind == "test" else "it was never finished"
    code, _, inputs = before.partition("|")
    if code != node.code:
        return "its code, or what the configuration chooses in it, has changed"
    then = dict(part.split("=", 1) for part in inputs.split(";") if part)
    now = dict(part.split("=", 1) for part in key.partition("|")[2].split(";") if part)
    names = [short(p) for p in now if then.get(p) != now[p]] + [short(p) for p in then if p not in now]
    more = f" and {len(names) - _INPUTS_NAMED} more" if len(names) > _INPUTS_NAMED else ""
    return f"{', '.join(names[:_INPUTS_NAMED])}{more} changed"


def _ordered(nodes: Iterable[Node]) -> list[Node]:
    """Each node after those of `nodes` that it reads; ties by id."""
    by_id = {node.id: node for node in sorted(nodes, key=lambda n: n.id)}
    done: dict[str, Node] = {}
    stack = list(reversed(by_id))
    while stack:
        node = by_id[stack[-1]]
        waiting = [p for p in node.parents if p in by_id and p not in done]
        if node.id not in done and waiting:
            stack += waiting
            continue
        stack.pop()
        done.setdefault(node.id, node)
    return list(done.values())
