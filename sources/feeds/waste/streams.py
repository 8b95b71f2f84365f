"""Household waste: the streams of its simulated deliveries, as data. Words: sources.simulated.delivery_stream."""

from __future__ import annotations

from sources.simulated.delivery_stream import FILE_KINDS, FIRST_DAY, Stream, ids

STREAMS = (
    Stream(
        "waste_weighbridge", "waste", "clean_waste", "tickets", "day", FIRST_DAY, "waste_weighbridge", ".csv",
        step_min=1440, sites=ids("SIM-WB-{:02d}", 5),
        kinds=(*FILE_KINDS, "duplicate_row", "unknown_site", "garbage_cell", "future_date", "tare_over_gross",
               "net_slip", "unknown_category"),
        cells=("net_t",),
    ),
)  # fmt: skip
