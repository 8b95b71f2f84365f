"""Between deliveries: which reading of a key holds, which are superseded or repeated, and the counts by delivery.

Here belong occurrence numbers, deduplication, supersession and counting inside partitions. Not here: reading rows
(parse.py), flags (flags.py) or public frames (public_frames.py). The result depends on the multiset of deliveries
alone, not on the order in which they arrived, nor on how they were batched.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from sources.cleaning.packing import packed, seconds
from sources.cleaning.source_plan import OCCURRENCE, TICKET
from sources.cleaning.staged import COLUMN, FILE, FIRST, PARAMETER, PART, SITE, STATUS, InvalidMarks
from sources.registry.feed_model import CleanTable

RANK = "__rank"
PLACE = "__place"
AT = "__at"
DUPLICATE = "duplicate"
SUPERSEDED = "superseded"
_STAGED_NAMES = {"site_id": SITE, "parameter": PARAMETER}
_TIMES = ("period_start", "period_end", "period_start_utc")


@dataclass(frozen=True)
class Order:
    """What orders readings, by file number: `rank` by delivered_at and SHA-256, `moment` by delivered_at alone, `offer`
    by source and offer.

    The same bytes at the same time have the same rank: their rows are ordered before their sources and offers.
    `site_rank` sorts sites by id, `place` the columns of one record; `invalid` knows the sources' own invalid marks.
    """

    rank: pl.Series
    moment: pl.Series
    offer: pl.Series
    provenance: pl.Series
    site_rank: pl.Series
    place: pl.Series
    invalid: InvalidMarks


@dataclass(frozen=True)
class Resolved:
    """Partitions after resolution: `current` readings sorted by key, `fallen` ones with kind and what replaced them.

    `fallen` adds kind, by_file, by_row, by_place; `records` has __part, __file, records_used, records_duplicate.
    `disputed` has __part, by_file, __file and n: keys on which two deliveries of one moment contradict each other, so
    that only their bytes decide which of them holds.
    """

    current: pl.DataFrame
    fallen: pl.DataFrame
    records: pl.DataFrame
    disputed: pl.DataFrame


def staged_key(table: CleanTable) -> list[str]:
    """The table's key in staged columns, the partition first: a key holds inside its partition."""
    return [PART, *(_STAGED_NAMES.get(name, name) for name in table.key)]


def resolve(readings: pl.DataFrame, table: CleanTable, order: Order) -> Resolved:
    """Resolves staged readings of whole partitions (all deliveries that touch them).

    Revisions of a key are ordered by delivered_at, SHA-256, row, source, offer and column; inside one file, readings
    that the source itself marks invalid come first: a row of maintenance never hides a valid one of the same file.
    Consecutive revisions with the same content are duplicates of the first of them; the last distinct one holds, the
    others are superseded by it.
    """
    if any(c.name == OCCURRENCE for c in table.dims):
        readings = _with_occurrence(readings)
    key = staged_key(table)
    readings = readings.with_columns(order.site_rank.gather(readings[SITE]).alias(RANK))
    readings, repeated = _sorted(readings, key)
    if not repeated.any():
        fell = _nothing_fell(readings)
        return Resolved(readings.drop(RANK), fell, _records(readings, None), _disputed(fell, order))
    places = repeated.arg_true()
    places_kept, fallen = _revisions(readings[places].with_columns(places.alias(AT)), table, key, order)
    # One reading of each key holds: without the others, the order stays that of the key.
    kept = (~repeated).scatter(places_kept, True)
    current = readings.filter(kept).drop(RANK)
    return Resolved(current, fallen, _records(readings, fallen), _disputed(fallen, order))


def _sorted(readings: pl.DataFrame, key: list[str]) -> tuple[pl.DataFrame, pl.Series]:
    """Readings sorted by partition and key, sites in the order of their ids, and where a key occurs more than once."""
    one = _packed_key(readings, key)
    if one is None:
        ordered = readings.sort(_ordering(key))
        return ordered, ordered.select(pl.struct(key).is_duplicated()).to_series()
    place = one.arg_sort()
    one = one.gather(place)
    equal = (one == one.shift()).fill_null(False)
    return readings[place], equal | equal.shift(-1).fill_null(False)


def _packed_key(readings: pl.DataFrame, key: list[str]) -> pl.Series | None:
    """The key as one integer, None where it holds texts or does not fit."""
    columns: list[pl.Series] = []
    for name in _ordering(key):
        column = readings[name]
        if column.dtype == pl.String:
            return None
        if name in ("period_end", "period_start_utc"):
            whole = seconds(column)
            if whole is None:
                return None
            if name == "period_start_utc":
                end = seconds(readings["period_end"])
                if end is None:
                    return None
                # Given its end, the start is told by their distance, which takes few values.
                whole = whole - end
            column = whole
        elif isinstance(column.dtype, pl.Enum):
            column = column.to_physical()
        columns.append(column)
    return packed(columns)


def _ordering(key: list[str]) -> list[str]:
    """The key as columns to sort by: a site's number says nothing, its rank among the ids does."""
    return [RANK if c == SITE else c for c in key]


def _with_occurrence(readings: pl.DataFrame) -> pl.DataFrame:
    """Numbers equal loads without a ticket, 1, 2, … inside one partition of one delivery, in order of rows."""
    open_ = readings[OCCURRENCE].is_null()
    if not open_.any():
        return readings
    todo = readings.filter(open_).sort(FILE, "raw_row")
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(FILE, PART, SITE, PARAMETER, TICKET)
    return pl.concat([readings.filter(~open_), todo.with_columns(number.alias(OCCURRENCE))])


def _revisions(
    readings: pl.DataFrame, table: CleanTable, key: list[str], order: Order
) -> tuple[pl.Series, pl.DataFrame]:
    """Readings of keys that occur more than once, each with its place (__at) → (places that hold, those that fell)."""
    columns = [name for name in readings.columns if name != AT]
    frame = readings.with_columns(
        order.rank.gather(readings[FILE]).alias("__delivered"),
        order.offer.gather(readings[FILE]).alias("__offer"),
        order.provenance.gather(readings[FILE]).alias("__provenance"),
        order.place.gather(readings[COLUMN]).alias(PLACE),
        (~order.invalid.mark(readings)).alias("__valid"),
    ).sort([*_ordering(key), "__delivered", "__valid", "raw_row", "__offer", PLACE])
    content = ["value", "censored", STATUS, "__provenance", *(t for t in _TIMES if t not in key)]
    content += [c.name for c in table.dims if c.name not in key] + [SITE] * (SITE not in key)
    same_key = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift()) for c in key)
    same_content = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift()) for c in content)
    # The shift gives null before the first row, which equals a null there: the first row always begins a key.
    opens = pl.int_range(pl.len()) == 0
    frame = frame.with_columns(new_key=opens | ~same_key)
    frame = frame.with_columns(new_revision=pl.col("new_key") | ~same_content)
    frame = frame.with_columns(group=pl.col("new_key").cum_sum(), revision=pl.col("new_revision").cum_sum())
    last = pl.col("revision") == pl.col("revision").max().over("group")
    frame = frame.with_columns(is_current=pl.col("new_revision") & last)
    current = frame.filter("is_current")
    instead = current.select(
        "group", pl.col(FILE).alias("by_file"), pl.col("raw_row").alias("by_row"), pl.col(COLUMN).alias("by_place")
    )
    fallen = (
        frame.filter(~pl.col("is_current"))
        .join(instead, on="group", how="left", maintain_order="left")
        .with_columns(kind=pl.when("new_revision").then(pl.lit(SUPERSEDED)).otherwise(pl.lit(DUPLICATE)))
    )
    return current[AT], fallen.select([*columns, "kind", "by_file", "by_row", "by_place"]).drop(RANK)


def _nothing_fell(readings: pl.DataFrame) -> pl.DataFrame:
    added = {"kind": pl.String(), "by_file": pl.UInt32(), "by_row": pl.Int64(), "by_place": pl.UInt32()}
    return readings.clear().drop(RANK).with_columns(pl.lit(None, t).alias(n) for n, t in added.items())


def _disputed(fallen: pl.DataFrame, order: Order) -> pl.DataFrame:
    """Keys by partition and pair of deliveries where the one that fell came at the same time as the one that holds."""
    at_once = order.moment.gather(fallen[FILE]) == order.moment.gather(fallen["by_file"])
    lost = fallen.filter(at_once & (pl.col(FILE) != pl.col("by_file")) & (pl.col("kind") == SUPERSEDED))
    return lost.group_by(PART, "by_file", FILE).agg(n=pl.len()).sort(PART, "by_file", FILE)


def _records(readings: pl.DataFrame, fallen: pl.DataFrame | None) -> pl.DataFrame:
    """Records by partition and delivery, each where its first reading lies: duplicate if all its readings there are."""
    first = readings.filter(FIRST)
    counted = first.group_by(PART, FILE).agg(records_used=pl.len().cast(pl.Int64))
    repeated = None if fallen is None else fallen.filter(pl.col("kind") == DUPLICATE)
    if repeated is None or repeated.is_empty():
        return counted.with_columns(records_duplicate=pl.lit(0, pl.Int64))
    record = [PART, FILE, "raw_row"]
    lost = repeated.group_by(record).agg(lost=pl.len())
    whole = readings.join(lost, on=record, how="semi").group_by(record).agg(all=pl.len(), home=pl.col(FIRST).any())
    gone = whole.join(lost, on=record).filter((pl.col("all") == pl.col("lost")) & pl.col("home"))
    duplicate = gone.group_by(PART, FILE).agg(records_duplicate=pl.len().cast(pl.Int64))
    return counted.join(duplicate, on=[PART, FILE], how="left").with_columns(
        pl.col("records_duplicate").fill_null(0)
    ).with_columns(records_used=pl.col("records_used") - pl.col("records_duplicate"))  # fmt: skip
