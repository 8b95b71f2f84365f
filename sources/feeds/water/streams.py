"""Surface water: the streams of its simulated deliveries, as data. Words: sources.simulated.delivery_stream."""

from __future__ import annotations

from sources.simulated.delivery_stream import FILE_KINDS, FIRST_DAY, ROW_KINDS, Stream, ids

STREAMS = (
    Stream(
        "water_automatic", "water", "clean_water", "automatic", "day", FIRST_DAY, "water_automatic", ".csv",
        step_min=240, sites=ids("SIM-W-A{:02d}", 5),
        kinds=(*FILE_KINDS, *ROW_KINDS, "spike", "flat_line", "gap", "unit_slip", "invalid_status"),
        spikes={"ph": 2.6, "turbidity": 2600, "nh3n": 14}, slips={"tp": 1000, "codmn": 1000}, flat=("conductivity",),
        flat_hours=60, cells=("tn", "turbidity", "tp"),
    ),
    Stream("water_manual", "water", "clean_water", "manual", "month", FIRST_DAY, "water_manual", ".xlsx",
           sites=ids("SIM-W-A{:02d}", 5), kinds=("missing_mark", "garbage_cell"), cells=("faecal_coliform", "tn")),
    Stream("water_subdistrict", "water", "clean_water", "manual", "month", FIRST_DAY, "water_subdistrict", ".csv",
           sites=("SIM-W-021", "SIM-W-045", "SIM-W-066", "SIM-W-078", "SIM-W-090"),
           kinds=("duplicate_row", "unknown_site", "wrong_unit", "unit_slip", "corrected_file"),
           slips={"tp": 1000}, cells=("cod", "nh3n"), only_corrected=("corrected_file",)),
)  # fmt: skip
