"""A source of noise readings for files that go wrong. Here belongs only that."""

from __future__ import annotations

from sources.config.model import ColumnMapping, Format, Source, ValueMapping
from tests.unit.cleaning_kit import air_source


def noise_source(kind: str) -> Source:
    return air_source(
        id="test_noise",
        feed="noise",
        table="clean_noise",
        format=Format(kind=kind),
        site=ColumnMapping(column="site", unmapped="keep"),
        columns={"period_kind": ColumnMapping(constant="hour")},
        values=(ValueMapping("leq", "leq", "dB(A)"),),
    )
