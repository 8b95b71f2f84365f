"""Noise: the streams of its simulated deliveries, as data. Words: sources.simulated.delivery_stream."""

from __future__ import annotations

from sources.simulated.delivery_stream import FIRST_DAY, ROW_KINDS, Stream, ids

STREAMS = (
    Stream(
        "noise_hourly", "noise", "clean_noise", "hourly", "day", FIRST_DAY, "noise_hourly", ".ndjson",
        start_hour=6, sites=ids("SIM-NP-{:02d}", 12),
        kinds=("late_file", "resent_identical", "resent_repacked", "corrected_file", *ROW_KINDS,
               "spike", "flat_line", "gap", "attenuated"),
        spikes={"leq": 60}, flat=("leq",), flat_hours=9, slow=("leq",), slow_hours=32,
        cells=("l10", "l50", "l90"),
    ),
    Stream("noise_grid", "noise", "clean_noise_survey", "surveys", "year", FIRST_DAY, "noise_grid", ".xlsx",
           sites=ids("SIM-NG-{:03d}", 120), kinds=("duplicate_row", "unknown_site"), cells=("survey_leq",)),
    Stream("noise_road", "noise", "clean_noise_survey", "surveys", "year", FIRST_DAY, "noise_road", ".csv",
           sites=ids("SIM-NR-{:02d}", 60), kinds=("duplicate_row", "unknown_site"), cells=("survey_leq",)),
)  # fmt: skip
