"""Statistical returns: the streams of its simulated deliveries, as data. Words: sources.simulated.delivery_stream."""

from __future__ import annotations

from datetime import date

from sources.simulated.delivery_stream import Stream

STREAMS = (
    Stream("returns_yearly", "returns", "clean_returns", "yearly", "year", date(2015, 1, 1), "returns_yearly", ".csv",
           sites=("SIM-110105",), kinds=("wrong_unit", "corrected_file"), cells=("gdp_current",)),
)  # fmt: skip
