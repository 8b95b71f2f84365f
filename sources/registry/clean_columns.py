"""A column of a table, and the columns that tables share: every clean table, those of networks, the site register.

Here belongs what is in a table of the clean layer besides a feed's own columns. Not here: feeds and tables
(feed_model.py), tables that users enter (declared_tables.py) or that declarations become. Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass

# What says of a row in a table of all networks, or of all registers, whose it is.
NETWORK_ID = "network_id"
REGISTER_ID = "register_id"


@dataclass(frozen=True)
class Column:
    """One column: `dtype` is string, int, tinyint, bool, date, timestamp or decimal (18,6)."""

    name: str
    dtype: str
    description: str
    key: bool = False
    allowed: tuple[str, ...] = ()


CLEAN_COLUMNS: tuple[Column, ...] = (
    Column("site_id", "string", "Site of the reading, from the site register", key=True),
    Column("parameter", "string", "Parameter code of the registry", key=True),
    Column("period_start", "timestamp", "First instant of the period, reporting zone, naive"),
    Column("period_end", "timestamp", "Instant after the period, reporting zone, naive", key=True),
    Column("period_start_utc", "timestamp", "First instant of the period, UTC, naive; orders readings", key=True),
    Column("value", "decimal", "Value in `unit`; null when missing; the reported limit when censored"),
    Column("unit", "string", "The parameter's unit of the registry"),
    Column("censored", "string", "'<' below the detection limit, '>' above the range, else null", allowed=("<", ">")),
    Column("value_raw", "string", "The value as received"),
    Column("unit_raw", "string", "The unit as declared for, or delivered with, the value"),
    Column("source_status", "string", "The source's own status mark, as received"),
    Column("flag", "tinyint", "QARTOD: 1 pass, 2 not evaluated, 3 suspect, 4 fail, 9 missing"),
    Column("flag_tests", "string", "Tests that set the flag, comma separated, empty if none"),
    Column(
        "provenance",
        "string",
        "observed, reported or simulated",
        allowed=("observed", "reported", "simulated"),
    ),
    Column("source_id", "string", "The declared source that delivered it"),
    Column("known_from", "timestamp", "delivered_at of the delivery, reporting zone, naive"),
    Column("raw_sha256", "string", "SHA-256 of the raw file"),
    Column("raw_row", "int", "Row in the raw file; 1 is its first line, sheet row or record"),
    Column("raw_column", "string", "Column of the raw file that held the value"),
    Column("delivery_id", "string", "The delivery: what a source offered at a time; key of the counts of both"),
)

NETWORK_COLUMNS: tuple[Column, ...] = (
    Column(NETWORK_ID, "string", "Declared network"),
    Column(
        "statistic", "string", "What the value is of its period where it was not measured at once: average, …", key=True
    ),
    Column("sample", "string", "Number of the sample, nozzle or pass", key=True),
    Column("fraction", "string", "Fraction of the sample: total, dissolved, …", key=True),
    Column("taxon", "string", "Species or higher taxon", key=True),
    Column("method", "string", "automatic or manual", key=True, allowed=("automatic", "manual")),
    Column("depth_m", "decimal", "Depth of the sample, m"),
    Column("lab_report", "string", "Laboratory report number"),
    Column("lon", "decimal", "Longitude of a reading of a track, degrees, WGS 84"),
    Column("lat", "decimal", "Latitude of a reading of a track, degrees, WGS 84"),
    Column("note", "string", "Remark of the source"),
)

REGISTER_COLUMNS: tuple[Column, ...] = (
    Column("site_id", "string", "Identifier used in the readings", key=True),
    Column("feed", "string", "Feed the site belongs to", key=True),
    Column("name_zh", "string", "Chinese name"),
    Column("name_en", "string", "English or pinyin name"),
    Column("kind", "string", "What the site is: a kind that its feed declares"),
    Column("network", "string", "Network that runs it: national, city, district, township, …"),
    Column(
        "area_code", "string", "Code of the area it lies in: district (6 digits), subdistrict or community (12 digits)"
    ),
    Column("river_zh", "string", "River, lake or ditch of a water section"),
    Column("water_type", "string", "Limit column of GB 3838-2002", allowed=("river", "lake_reservoir")),
    Column("reach_length_km", "decimal", "Length of the reach the section stands for, km"),
    Column("class_target", "string", "Target class of the section", allowed=("I", "II", "III", "IV", "V")),
    Column("noise_class", "string", "Functional area class, GB 3096-2008", allowed=("0", "1", "2", "3", "4a", "4b")),
    Column("assessed", "bool", "Counts towards district figures"),
    Column("road_length_km", "decimal", "Length of the road segment, km"),
    Column(
        "register_capacity",
        "decimal",
        "Amount at which the cumulative register of a meter begins again at 0, in the unit of its clean readings",
    ),
    Column("unit_to_notify", "string", "Unit that is told of an exceedance; no finding of responsibility"),
    Column("lon", "decimal", "Longitude, degrees, WGS 84"),
    Column("lat", "decimal", "Latitude, degrees, WGS 84"),
    Column("valid_from", "date", "First day the entry holds", key=True),
    Column("valid_to", "date", "Last day the entry holds; null while it holds"),
    Column(
        "provenance",
        "string",
        "observed, reported or simulated; where it is not said, that of the feed's sources",
        allowed=("observed", "reported", "simulated"),
    ),
)
