"""Waste: the streams of its simulated deliveries, as data. Words: sources.simulated.delivery_stream."""

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
    Stream("waste_manifests", "waste", "clean_waste_transfer", "consignments", "period", FIRST_DAY, "waste_manifests",
           ".csv", months=1, due_days=4),
    Stream("waste_totals", "waste", "clean_waste_total", "consignments", "period", FIRST_DAY, "waste_totals", ".csv",
           months=1, due_days=7),
    Stream("waste_enterprises", "waste", "clean_waste_total", "consignments", "period", FIRST_DAY, "waste_enterprises",
           ".csv", months=12, due_days=20),
)  # fmt: skip
