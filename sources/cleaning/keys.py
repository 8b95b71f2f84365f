"""Declared keys that do not say when: a corrected ticket leaves the day of its first version and is on another.

Here belongs following such a key through the partitions, by an index that the store keeps: where each delivery put it.
Not here: revisions inside one partition (resolve.py). The work is proportional to the keys that came, not to the lake.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from sources.cleaning.resolve import SUPERSEDED, Resolved
from sources.cleaning.source_plan import OCCURRENCE
from sources.cleaning.staged import COLUMN, FILE, PARAMETER, PART, SITE, Codes, part_value
from sources.registry.feed_model import CleanTable

if TYPE_CHECKING:
    from sources.cleaning.intake import Intake
    from sources.cleaning.store import CleanStore

KEY = "__key"
_BETWEEN = "\x1f"


class KeyPlace(NamedTuple):
    """One delivery put a key into the partition `value`; `row` and `column` are its last reading there.

    `order` is that of the readings: delivered_at, SHA-256, row, source, offer; () where the store knows it.
    """

    key: str
    value: str
    delivery_id: str
    row: int
    column: str
    order: tuple[int | str, ...] = ()


def taken_over(places: Iterable[KeyPlace]) -> dict[tuple[str, str], KeyPlace]:
    """(partition, key) → the place that took the key over from that partition: the next one in order elsewhere."""
    by_key: dict[str, list[KeyPlace]] = defaultdict(list)
    for place in places:
        by_key[place.key].append(place)
    found: dict[tuple[str, str], KeyPlace] = {}
    for key, own in by_key.items():
        ordered = sorted(own, key=lambda p: p.order)
        last = {place.value: at for at, place in enumerate(ordered)}
        # What follows the last place in a partition lies in another one.
        found.update({(value, key): ordered[at + 1] for value, at in last.items() if at + 1 < len(ordered)})
    return found


def key_text(table: CleanTable, columns: Mapping[str, pl.Series]) -> pl.Series:
    """The key of each reading as one text, from its columns by name; null for a load that has only an occurrence."""
    names = [name for name in table.key if name != OCCURRENCE]
    frame = pl.DataFrame([columns[name].cast(pl.String).fill_null("").alias(name) for name in names])
    return frame.select(pl.concat_str(pl.all(), separator=_BETWEEN).alias(KEY)).to_series()


def staged_key_text(table: CleanTable, staged: pl.DataFrame, codes: Codes, parameters: Sequence[str]) -> pl.Series:
    """`key_text` of staged readings."""
    columns = {name: staged[name] for name in staged.columns}
    columns["site_id"] = codes.sites.decode(staged[SITE])
    columns["parameter"] = pl.Series(list(parameters), dtype=pl.String).gather(staged[PARAMETER])
    return key_text(table, columns)


class Keys:
    """The keys of one run: those that its deliveries brought, and which partitions lose readings by them."""

    def __init__(self, intake: Intake, store: CleanStore) -> None:
        self._intake = intake
        self._store = store
        self._tables = [table for table in intake.feed.tables.values() if table.key_floats]
        self.moved: list[str] = []

    def update(self, numbers: Sequence[int]) -> None:
        """Notes where the deliveries have their keys now; partitions that lose or regain one are rebuilt."""
        ids = [self._intake.deliveries[n].receipt.delivery_id for n in numbers]
        for table in self._tables if ids else ():
            self._store.open_keys(table.name, self._intake.numbered_sources(table.name))
            places = self._intake.key_places(table.name, numbers)
            affected = self._store.keys_of(table.name, ids) | {place.key for place in places}
            before = taken_over(self._store.key_places(table.name, affected))
            self._store.replace_keys(table.name, ids, places)
            after = taken_over(self._store.key_places(table.name, affected))
            changed = {value for (value, _), _ in before.items() ^ after.items()}
            self._intake.touch_again((table.name, value) for value in sorted(changed))
            self._tell(table, sorted(after.keys() - before.keys()))

    def _tell(self, table: CleanTable, left: Sequence[tuple[str, str]]) -> None:
        if left:
            value, key = left[0]
            number = f"{len(left)} {'reading' if len(left) == 1 else 'readings'}"
            named = " ".join(key.split(_BETWEEN))
            advice = "name the columns that tell loads apart in occurrence_of"
            if table.cases:
                advice = "map a number that tells cases apart to case_id"
            self.moved.append(
                f"{table.name}: {number} replaced by a later version on another {table.grain}, such as {named} of "
                f"{value}; where numbers begin again, {advice}"
            )

    def lost(self, table: CleanTable, parts: Iterable[int]) -> pl.DataFrame | None:
        """Keys that partitions about to be rebuilt have lost (__part, __key) and the reading that took each over."""
        if not table.key_floats:
            return None
        wanted = {part_value(part, table.grain): part for part in parts}
        found = taken_over(self._store.keys_sharing(table.name, list(wanted)))
        rows = [
            (
                wanted[value],
                key,
                self._intake.number_of(p.delivery_id, self._store),
                p.row,
                self._intake.place_of(p.column),
            )
            for (value, key), p in sorted(found.items())
            if value in wanted
        ]
        schema = {
            PART: pl.Int32(),
            KEY: pl.String(),
            "by_file": pl.UInt32(),
            "by_row": pl.Int64(),
            "by_place": pl.UInt32(),
        }
        return pl.DataFrame(rows, schema=schema, orient="row") if rows else None


def without_lost(resolved: Resolved, current_keys: pl.Series, fallen_keys: pl.Series, lost: pl.DataFrame) -> Resolved:
    """`resolved` where readings of lost keys are no longer current.

    They, and what they had replaced, name what took over.
    """
    by = ["by_file", "by_row", "by_place"]
    own = resolved.current.with_columns(current_keys.alias(KEY)).join(
        lost, on=[PART, KEY], how="left", maintain_order="left"
    )
    gone = own.filter(pl.col("by_file").is_not_null()).with_columns(kind=pl.lit(SUPERSEDED))
    before = (
        resolved.fallen.with_columns(fallen_keys.alias(KEY))
        .join(lost, on=[PART, KEY], how="left", maintain_order="left", suffix="_new")
        .with_columns(pl.coalesce(f"{name}_new", name).alias(name) for name in by)
    )
    columns = resolved.fallen.columns
    fallen = pl.concat([before.select(columns), gone.select(columns)]).sort(PART, maintain_order=True)
    current = own.filter(pl.col("by_file").is_null()).select(resolved.current.columns)
    return Resolved(current, fallen, resolved.records, resolved.disputed)


def places_in(staged: pl.DataFrame, keys: pl.Series, columns: pl.Series) -> pl.DataFrame:
    """(__file, __part, __key, row, column) of staged readings, the last reading of each key by row and column."""
    numbered = pl.col(OCCURRENCE).is_not_null() if OCCURRENCE in staged.columns else pl.lit(True)
    return (
        staged.with_columns(keys.alias(KEY), columns.gather(staged[COLUMN]).alias("column"), row=pl.col("raw_row"))
        .filter(numbered)
        .sort("row", "column")
        .group_by(FILE, PART, KEY, maintain_order=True)
        .agg(pl.col("row").last(), pl.col("column").last())
    )
