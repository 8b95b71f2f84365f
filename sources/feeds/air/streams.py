"""Ambient air: the streams of its simulated deliveries, as data. Words: sources.simulated.delivery_stream."""

from __future__ import annotations

from sources.simulated.delivery_stream import FILE_KINDS, FIRST_DAY, ROW_KINDS, Stream, ids

STREAMS = (
    Stream(
        "air_reference", "air", "clean_air", "reference", "day", FIRST_DAY, "air_reference", ".json",
        sites=ids("SIM-AIR-R{:02d}", 3),
        kinds=("late_file", "resent_identical", "corrected_file", *ROW_KINDS, "spike", "gap", "unit_slip",
               "invalid_status"),
        spikes={"no2": 250, "co": 13, "temperature": 22}, slips={"co": 1000}, cells=("no2", "so2", "humidity"),
    ),
    Stream(
        "air_micro", "air", "clean_air", "micro", "day", FIRST_DAY, "air_micro", ".csv.gz",
        sites=ids("SIM-AIR-M{:03d}", 43),
        kinds=(*FILE_KINDS, *ROW_KINDS, "spike", "flat_line", "gap", "attenuated", "unit_slip"),
        spikes={"pm2_5": 600, "pm10": 1400}, slips={"pm2_5": 1000}, flat=("pm2_5",), flat_hours=16,
        slow=("pm10",), slow_hours=32, gap_steps=6, cells=("pm2_5", "pm10"),
    ),
    Stream("air_dustfall", "air", "clean_dustfall", "monthly", "month", FIRST_DAY, "air_dustfall", ".xlsx",
           sites=ids("SIM-DF-{:03d}", 43), kinds=("missing_mark", "unknown_site"), cells=("dustfall",)),
    Stream("air_dust_period", "air", "clean_dust_period", "monthly", "notice", FIRST_DAY, "air_dust_period",
           ".csv"),
)  # fmt: skip
