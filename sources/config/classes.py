"""From the parsed TOML of a sound configuration to the classes of model.py.

Here belong defaults that depend on other keys and the fingerprints. Not here: reading files (load.py) or judging
values (structure.py, check_source.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sources.config.model import (
    Censor,
    ColumnMapping,
    District,
    Format,
    LongMapping,
    RowFilter,
    Source,
    TimeMapping,
    ValueMapping,
)
from sources.config.words import FORMAT, LONG, PARTS, SOURCE, THRESHOLDS, TIME, Word
from sources.registry.feed_model import Registry

# What a receipt records, where bytes come from, or what flags a reading gets, does not change how they are read.
_NOT_MAPPING = (
    *("path", "allow_outside", "connector", "owner", "licence"),
    *("delivered_at", "delivered_at_pattern", "delivered_at_format", "thresholds"),
)
# Kinds of words that become a field of Source as they are.
_PLAIN = ("text", "texts", "integer", "boolean")


def district_of(raw: Mapping[str, Any]) -> District:
    """The [district] table."""
    return District(**raw.get("district", {}))


def source_of(raw: Mapping[str, Any], registry: Registry, district: District, line: int = 0) -> Source:
    """One [[source]] table whose structure is sound; a feed or table that is unknown stays as written."""
    simulated = raw.get("connector") == "simulated"
    plain = {k: _typed(v, SOURCE[k]) for k, v in raw.items() if SOURCE[k].kind in _PLAIN}
    plain.setdefault("connector", "file")
    plain.setdefault("table", _only_table(raw["feed"], registry))
    plain.setdefault("delivered_at", "connector" if simulated else "landing")
    plain.setdefault("provenance", "simulated" if simulated else "observed")
    return Source(
        **plain,
        format=_format(raw.get("format", {})),
        time=_time(raw["time"], district),
        site=_column(raw["site"]),
        values=_values(raw.get("values", [])),
        long=_long(raw["long"]) if "long" in raw else None,
        columns={name: _column(entry) for name, entry in raw.get("columns", {}).items()},
        status=_column({"unmapped": "keep"} | raw["status"]) if "status" in raw else None,
        filters=tuple(RowFilter(f["column"], f["op"], _texts(f["values"])) for f in raw.get("filters", [])),
        thresholds={c: own for c, entry in raw.get("thresholds", {}).items() if (own := _thresholds(entry))},
        fingerprint=_fingerprint(raw, plain),
        line=line,
    )


def digest_of(value: Any) -> str:
    """SHA-256 of anything TOML can hold, the order of keys left aside."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def _fingerprint(raw: Mapping[str, Any], plain: Mapping[str, Any]) -> str:
    return digest_of({k: v for k, v in (raw | plain).items() if k not in _NOT_MAPPING})


def _only_table(feed: str, registry: Registry) -> str:
    tables = list(registry.feeds[feed].tables) if feed in registry.feeds else []
    return tables[0] if len(tables) == 1 else ""


def _texts(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _typed(value: Any, word: Word) -> Any:
    return _texts(value) if word.kind == "texts" else value


def _format(raw: Mapping[str, Any]) -> Format:
    given = {k: _typed(v, FORMAT[k]) for k, v in raw.items()}
    # A cell without anything in it is missing, whatever else is.
    given["missing"] = tuple(dict.fromkeys(("", *given.get("missing", ()))))
    return Format(**given)


def _time(raw: Mapping[str, Any], district: District) -> TimeMapping:
    given = {k: _typed(v, TIME[k]) for k, v in raw.items()}
    given.setdefault("zone", district.reporting_zone)
    if given.get("end_columns"):
        given.setdefault("end_formats", given["formats"])
    return TimeMapping(**given)


def _column(raw: Mapping[str, Any]) -> ColumnMapping:
    known = {k: v for k, v in raw.items() if k in PARTS["site"]}
    # Without a value map there is nothing that could be unmapped.
    return ColumnMapping(**({"unmapped": "keep"} | known if not raw.get("values") else known))


def _values(raw: list[Mapping[str, Any]] | Mapping[str, Mapping[str, Any]]) -> tuple[ValueMapping, ...]:
    entries = [{"column": name, **entry} for name, entry in raw.items()] if isinstance(raw, Mapping) else raw
    return tuple(
        ValueMapping(
            column=e["column"],
            parameter=e["parameter"],
            unit=e["unit"],
            factor=Decimal(e.get("factor", 1)),
            missing=_texts(e.get("missing", [])),
            censor=_censor(e),
            limit_column=e.get("limit_column", ""),
        )
        for e in entries
    )


def _long(raw: Mapping[str, Any]) -> LongMapping:
    given = {k: _typed(v, LONG[k]) for k, v in raw.items()}
    units = given.pop("units", {})
    return LongMapping(
        **given | {"censor": _censor(raw)},
        units={text: u if isinstance(u, str) else u["unit"] for text, u in units.items()},
        factors={t: Decimal(u["factor"]) for t, u in units.items() if isinstance(u, Mapping) and "factor" in u},
    )


def _thresholds(raw: Mapping[str, Any]) -> Mapping[str, Decimal | int]:
    """Exact numbers by name, and counts as they are; the unit is the parameter's own."""
    return {k: v if THRESHOLDS[k].kind == "integer" else Decimal(v) for k, v in raw.items() if k != "unit"}


def _censor(raw: Mapping[str, Any]) -> Censor | None:
    """The mark's column; a list of texts is what means 'below the limit'."""
    given = raw.get("censor")
    if not given:
        return None
    marks = given["values"]
    return Censor(given["column"], dict(marks) if isinstance(marks, Mapping) else dict.fromkeys(marks, "<"))
