"""Why something is quarantined: a closed vocabulary, and the English sentence a person reads about it.

Here belong the reason codes and their sentences. Every sentence names file, row and column and says what to do. Not
here: deciding what is wrong (times.py, numbers.py, parse.py) or storing it.
"""

from __future__ import annotations

from collections.abc import Mapping

from sources.readers.read_limits import NUMBER_LIMIT

RECORD_LIMIT = 2000
# Reason code → (what is wrong, what to do). '{v}' stands for the value as received.
REASONS: Mapping[str, tuple[str, str]] = {
    "file_unreadable": ("the file cannot be read", "Correct it or its [source.format] and deliver it again"),
    "row_unreadable": ("the row cannot be read", "Correct the row and deliver the file again"),
    "source_not_declared": ("its source is not in the configuration", "Declare the source again, with its mapping"),
    "time_missing": ("the time is missing", "Ask the sender for the time and deliver the row again"),
    "time_unreadable": ("the time '{v}' does not fit the declared formats", "Add its format to [source.time] formats"),
    "time_zone_unknown": (
        "the zone in '{v}' is none of UTC, GMT and Z, nor an abbreviation of the declared zone",
        "Set zone in [source.time] to the zone that these stamps name, or deliver offsets such as +08:00 for %z",
    ),
    "zone_unknown": (
        "the zone that goes with the time '{v}' is not known",
        'Map what zone_column holds in [source.time] zones, as { "CST" = "Asia/Shanghai" }',
    ),
    "time_nonexistent": (
        "the local time '{v}' does not exist in the declared zone (clocks go forward)",
        "Declare in [source.time] zone the zone the logger really keeps, for instance UTC",
    ),
    "time_in_future": (
        "the time '{v}' lies after the delivery itself",
        "Check the logger's clock, the day and month order of the format, and the zone",
    ),
    "period_reversed": ("the period ends before it begins ('{v}')", "Correct the times and deliver the row again"),
    "site_missing": ("no site is given", "Ask the sender for the site and deliver the row again"),
    "unknown_site": (
        "the site '{v}' is not in the site register",
        'Add it to the register, or map it in [source.site] values; unmapped = "keep" leaves other names as they are',
    ),
    "site_not_valid": (
        "the site '{v}' is not in the register on that date",
        "Correct valid_from and valid_to in the site register",
    ),
    "unmapped_value": ("the value '{v}' is not mapped", "Add it to the values of this column in the mapping"),
    "not_in_vocabulary": (
        "'{v}' is not one of the allowed words",
        'Map it to an allowed word in the column\'s values; unmapped = "keep" leaves the other words as they are',
    ),
    "dim_unreadable": ("'{v}' does not fit the column's type", "Correct the value and deliver the row again"),
    "key_missing": ("a column that identifies the record is empty", "Ask the sender to fill it in"),
    "unknown_parameter": (
        "the parameter '{v}' is not mapped",
        'Add it to the parameters of [source.long]; unmapped = "keep" goes on reading the registry\'s own names',
    ),
    "unknown_unit": (
        "the unit '{v}' is not known",
        'Map it in the units of [source.long], as "as received" = "mg/L" or { unit = "mg/L", factor = … }',
    ),
    "unit_missing": (
        "the unit is missing",
        'Ask the sender for it; if an empty unit means one, map it in the units of [source.long]: "" = "mg/L"',
    ),
    "unit_mismatch": (
        "the unit '{v}' does not measure this parameter",
        "Correct the parameter's mapping, or say in the units of [source.long] what the unit means, with a factor if "
        "need be",
    ),
    "not_a_number": (
        "'{v}' is not a number",
        "Correct it; if it marks a missing value, add it to missing; check decimal_mark and thousands_mark",
    ),
    "unknown_word": (
        "'{v}' is not a word of this parameter",
        "Add it to the received spellings of the network's vocabulary, or to missing if it marks a missing value",
    ),
    "too_long": (
        f"'{{v}}' is longer than a number can be ({NUMBER_LIMIT} characters)",
        "Check delimiter and quote in [source.format], and which column holds the value",
    ),
    "not_finite": ("'{v}' is not a finite number", "Correct it; if it marks a missing value, add it to missing"),
    "no_detection_limit": (
        "'{v}' says not detected without a limit",
        "Deliver the limit, as 0.01L or <0.01, or name its column in limit_column; to treat it as missing, add it to "
        "missing",
    ),
    "limit_missing": (
        "the mark '{v}' says not detected, and no limit is given",
        "Name the limit's column in limit_column, or take the mark out of censor: the value is missing then",
    ),
    "out_of_range": ("'{v}' is too large to be stored (12 digits before the point)", "Check the value and its unit"),
    "not_an_area": (
        "'{v}' is not the code of an area",
        "Map it in the column's values to the code of 6, 9 or 12 digits",
    ),
    "closed_before_opened": ("it was closed on '{v}', before it was opened", "Have the dates corrected"),
    "plan_ref_mistaken": (
        "'{v}' is nothing of the plan that this item reports on",
        "Write commitment:<id> or project:<no> as the plan numbers it",
    ),
    "mass_impossible": (
        "gross and tare '{v}' do not fit: gross > tare > 0 is required",
        "Have the ticket corrected and delivered again",
    ),
    "net_mismatch": (
        "the net mass '{v}' is not gross minus tare",
        "Have the ticket corrected; check the unit of the net column",
    ),
}


def sentence(reason: str) -> tuple[str, str, str]:
    """What is wrong in two halves around the value ('' where it is not named), and what to do."""
    wrong, advice = REASONS[reason]
    before, _, after = wrong.partition("{v}")
    return before, after, advice
