"""Energy: the streams of its simulated deliveries, as data. Words: sources.simulated.delivery_stream."""

from __future__ import annotations

from sources.simulated.delivery_stream import FILE_KINDS, FIRST_DAY, ROW_KINDS, Stream, ids

STREAMS = (
    Stream(
        "energy_meters", "energy", "clean_energy", "meters", "day", FIRST_DAY, "energy_meters", ".csv",
        step_min=15, sites=ids("SIM-EM-{:02d}", 6),
        kinds=(*FILE_KINDS, *ROW_KINDS, "negative_value"),
        cells=("electricity", "reactive_power"),
    ),
    Stream("energy_sectors", "energy", "clean_energy", "sectors", "month", FIRST_DAY, "energy_sectors", ".xlsx",
           sites=("SIM-ES-industry", "SIM-ES-services"), kinds=("corrected_file", "garbage_cell"),
           cells=("gasoline",), only_corrected=("corrected_file", "garbage_cell")),
)  # fmt: skip
