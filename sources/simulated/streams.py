"""The streams of deliveries of the simulated district: what each delivers, when, and what may go wrong in it.

Here belong names, cadences, sites and the kinds of defects of each stream, as data. Not here: the arithmetic of
offers (schedule.py), which defect falls on which day (defects.py) and the bytes (one module per feed).
Standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Stream:
    """One stream: `name` is the `path` of its [[source]] entry; `module` builds its files.

    cadence: day, month, year or notice. `first`: first period delivered. `step_min` and `start_hour` say how a daily
    file is cut into intervals. `sites` are those that defects may hit. `kinds` are the defects in the order in which
    they take turns; `spikes` and `slips` map a parameter to what is added to, or multiplies, its value; `flat_hours`
    and `slow_hours` are the lengths of a flat line and an attenuated signal, `flat` and `slow` the parameters they hit.
    `cells` are the parameters whose single cells are hit; kinds `only_corrected` stand only in a monthly file that a
    later one corrects.
    """

    name: str
    feed: str
    table: str
    module: str
    cadence: str
    first: date
    prefix: str
    extension: str
    step_min: int = 60
    start_hour: int = 0
    sites: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    spikes: Mapping[str, float] = field(default_factory=dict)
    slips: Mapping[str, float] = field(default_factory=dict)
    flat: tuple[str, ...] = ()
    flat_hours: int = 0
    slow: tuple[str, ...] = ()
    slow_hours: int = 0
    gap_steps: int = 4
    cells: tuple[str, ...] = ()
    only_corrected: tuple[str, ...] = ()


FIRST_DAY = date(2025, 1, 1)
FILE_KINDS = ("late_file", "resent_identical", "resent_repacked", "corrected_file")
ROW_KINDS = ("duplicate_row", "unknown_site", "garbage_cell", "missing_mark", "future_date")


def _ids(pattern: str, count: int) -> tuple[str, ...]:
    return tuple(pattern.format(i) for i in range(1, count + 1))


_DAILY = (
    Stream(
        "air_reference", "air", "clean_air", "air", "day", FIRST_DAY, "air_reference", ".json",
        sites=_ids("SIM-AIR-R{:02d}", 3),
        kinds=("late_file", "resent_identical", "corrected_file", *ROW_KINDS, "spike", "gap", "unit_slip",
               "invalid_status"),
        spikes={"no2": 250, "co": 13, "temperature": 22}, slips={"co": 1000}, cells=("no2", "so2", "humidity"),
    ),
    Stream(
        "air_micro", "air", "clean_air", "air_micro", "day", FIRST_DAY, "air_micro", ".csv.gz",
        sites=_ids("SIM-AIR-M{:03d}", 43),
        kinds=(*FILE_KINDS, *ROW_KINDS, "spike", "flat_line", "gap", "attenuated", "unit_slip"),
        spikes={"pm2_5": 600, "pm10": 1400}, slips={"pm2_5": 1000}, flat=("pm2_5",), flat_hours=16,
        slow=("pm10",), slow_hours=32, gap_steps=6, cells=("pm2_5", "pm10"),
    ),
    Stream(
        "noise_hourly", "noise", "clean_noise", "noise", "day", FIRST_DAY, "noise_hourly", ".ndjson",
        start_hour=6, sites=_ids("SIM-NP-{:02d}", 12),
        kinds=("late_file", "resent_identical", "resent_repacked", "corrected_file", *ROW_KINDS,
               "spike", "flat_line", "gap", "attenuated"),
        spikes={"leq": 60}, flat=("leq",), flat_hours=9, slow=("leq",), slow_hours=32,
        cells=("l10", "l50", "l90"),
    ),
    Stream(
        "waste_weighbridge", "waste", "clean_waste", "waste", "day", FIRST_DAY, "waste_weighbridge", ".csv",
        step_min=1440, sites=_ids("SIM-WB-{:02d}", 5),
        kinds=(*FILE_KINDS, "duplicate_row", "unknown_site", "garbage_cell", "future_date", "tare_over_gross",
               "net_slip", "unknown_category"),
        cells=("net_t",),
    ),
    Stream(
        "energy_meters", "energy", "clean_energy", "energy", "day", FIRST_DAY, "energy_meters", ".csv",
        step_min=15, sites=_ids("SIM-EM-{:02d}", 6),
        kinds=(*FILE_KINDS, *ROW_KINDS, "negative_value"),
        cells=("electricity", "reactive_power"),
    ),
    Stream(
        "water_automatic", "water", "clean_water", "water", "day", FIRST_DAY, "water_automatic", ".csv",
        step_min=240, sites=_ids("SIM-W-A{:02d}", 5),
        kinds=(*FILE_KINDS, *ROW_KINDS, "spike", "flat_line", "gap", "unit_slip", "invalid_status"),
        spikes={"ph": 2.6, "turbidity": 2600, "nh3n": 14}, slips={"tp": 1000, "codmn": 1000}, flat=("conductivity",),
        flat_hours=60, cells=("tn", "turbidity", "tp"),
    ),
)  # fmt: skip

_MONTHLY = (
    Stream("water_manual", "water", "clean_water", "water_manual", "month", FIRST_DAY, "water_manual", ".xlsx",
           sites=_ids("SIM-W-A{:02d}", 5), kinds=("missing_mark", "garbage_cell"), cells=("faecal_coliform", "tn")),
    Stream("water_subdistrict", "water", "clean_water", "water_manual", "month", FIRST_DAY, "water_subdistrict", ".csv",
           sites=("SIM-W-021", "SIM-W-045", "SIM-W-066", "SIM-W-078", "SIM-W-090"),
           kinds=("duplicate_row", "unknown_site", "wrong_unit", "unit_slip", "corrected_file"),
           slips={"tp": 1000}, cells=("cod", "nh3n"), only_corrected=("corrected_file",)),
    Stream("air_dustfall", "air", "clean_dustfall", "air_monthly", "month", FIRST_DAY, "air_dustfall", ".xlsx",
           sites=_ids("SIM-DF-{:03d}", 43), kinds=("missing_mark", "unknown_site"), cells=("dustfall",)),
    Stream("energy_sectors", "energy", "clean_energy", "energy_sectors", "month", FIRST_DAY, "energy_sectors", ".xlsx",
           sites=("SIM-ES-industry", "SIM-ES-services"), kinds=("corrected_file", "garbage_cell"),
           cells=("gasoline",), only_corrected=("corrected_file", "garbage_cell")),
)  # fmt: skip

_YEARLY = (
    Stream("air_dust_period", "air", "clean_dust_period", "air_monthly", "notice", FIRST_DAY, "air_dust_period",
           ".csv"),
    Stream("noise_grid", "noise", "clean_noise_survey", "noise_survey", "year", FIRST_DAY, "noise_grid", ".xlsx",
           sites=_ids("SIM-NG-{:03d}", 120), kinds=("duplicate_row", "unknown_site"), cells=("survey_leq",)),
    Stream("noise_road", "noise", "clean_noise_survey", "noise_survey", "year", FIRST_DAY, "noise_road", ".csv",
           sites=_ids("SIM-NR-{:02d}", 60), kinds=("duplicate_row", "unknown_site"), cells=("survey_leq",)),
    Stream("returns_yearly", "returns", "clean_returns", "returns", "year", date(2015, 1, 1), "returns_yearly", ".csv",
           sites=("SIM-110105",), kinds=("wrong_unit", "corrected_file"), cells=("gdp_current",)),
)  # fmt: skip

STREAMS: Mapping[str, Stream] = {s.name: s for s in (*_DAILY, *_MONTHLY, *_YEARLY)}
