"""The answer key: every planted defect of the simulated district and what the pipeline should make of it.

Here belongs the expectation for each planted defect, for tests and the gate's self-test. Not here: planting
(planting.py and the feeds' modules). The key comes from the same events as the bytes, so that it cannot part from
them; a test reads the bytes back and holds it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sources.config.model import Config, Source
from sources.connectors.simulated import settings
from sources.feeds.noise.surveys import measured_at
from sources.feeds.waste.tickets import spoilt_serial, ticket
from sources.feeds.water.manual import sampled_at
from sources.simulated.defects import Event, events, unknown_site_id
from sources.simulated.delivery_stream import Stream
from sources.simulated.network_times import moments
from sources.simulated.planting import future
from sources.simulated.schedule import SHANGHAI, Planned, file_name, planned
from sources.simulated.streams import STREAMS

# What becomes of each kind: a flag's test, a quarantine reason, a duplicate, a supersession or a mark of the delivery.
EXPECT = {
    "spike": "flag:spike",
    "flat_line": "flag:flat_line",
    "attenuated": "flag:attenuated",
    "gap": "flag:gap",
    "unit_slip": "flag:gross_range",
    "negative_value": "flag:gross_range",
    "tare_over_gross": "quarantine:mass_impossible",
    "net_slip": "quarantine:net_mismatch",
    "invalid_status": "flag:source_status",
    "missing_mark": "flag:missing",
    "garbage_cell": "quarantine:not_a_number",
    "unknown_site": "quarantine:unknown_site",
    "unknown_category": "quarantine:unmapped_value",
    "wrong_unit": "quarantine:unknown_unit",
    "future_date": "quarantine:time_in_future",
    "duplicate_row": "duplicate",
    "resent_repacked": "duplicate",
    "resent_identical": "duplicate",
    "corrected_file": "superseded",
    "late_file": "late",
}
_RESENT = {"resent_identical": "again", "resent_repacked": "repacked", "corrected_file": "rev1"}
# Kinds that hit a record with all its readings; in the long layout a record is one reading.
_WHOLE_RECORD = ("duplicate_row", "unknown_site", "future_date")
_BAD_ROWS = ("duplicate_row", "unknown_site", "wrong_unit", "garbage_cell")
_LONG = "water_subdistrict"
HOUR_TO_RUN = time(6, 30)


@dataclass(frozen=True)
class Defect:
    """One planted defect.

    `offer_id` and `file_name` name the file that shows it: the wrong one of a correction, the second one of a re-send.
    `period_start` (naive, Shanghai) is the reading that at least must show `expect`: a run's last reading, a gap's
    first reading after it, the shifted time of a future date; None where the file as a whole, or a ticket, is meant.
    `affected_from` is where a run begins. `parameter` is '' where all of the record is meant; `record` is a ticket.
    """

    kind: str
    source_id: str
    offer_id: str
    file_name: str
    site: str
    parameter: str
    affected_from: datetime | None
    period_start: datetime | None
    expect: str
    delivered_at: datetime
    record: str = ""


def planted_defects(config: Config, first: date, last: date) -> list[Defect]:
    """Defects visible in a refresh with `--from first --to last`, in order of source and day.

    Left out is what lacks a file of that range: a correction not yet sent, a run that began before it.
    """
    seed, defects = settings(config.options)
    if not defects:
        return []
    found = []
    for source in config.sources:
        if source.path in STREAMS:
            found += _of_source(source, seed, first, last)
    return found


def _of_source(source: Source, seed: int, first: date, last: date) -> list[Defect]:
    stream = STREAMS[source.path]
    clock = datetime.combine(last + timedelta(days=1), HOUR_TO_RUN, SHANGHAI)
    begin = datetime.combine(first, time(), SHANGHAI)
    delivered = {p.offer_id: p for p in planned(stream, seed, True, clock) if p.delivered_at >= begin}
    # Yearly and monthly files come long after their period, the returns of past years at the very beginning.
    earliest = stream.first if stream.cadence in ("year", "period") else first - timedelta(days=70)
    found = []
    for event in events(stream, seed, max(earliest, stream.first), last):
        if defect := _defect(source, stream, seed, event, delivered):
            found += [defect, *_repeated(stream, event, defect, delivered)]
    return found


def _repeated(stream: Stream, event: Event, defect: Defect, delivered: dict[str, Planned]) -> list[Defect]:
    """The same bad row in a monthly file's correction: each delivery is judged for itself."""
    again = delivered.get(f"{defect.offer_id}/rev1")
    if again is None or stream.cadence not in ("month", "period") or event.kind not in _BAD_ROWS:
        return []
    if event.kind in stream.only_corrected:
        return []
    return [
        replace(
            defect,
            offer_id=again.offer_id,
            file_name=file_name(stream, again),
            delivered_at=again.delivered_at,
        )
    ]


def _defect(source: Source, stream: Stream, seed: int, event: Event, delivered: dict[str, Planned]) -> Defect | None:
    own = delivered.get(_offer_id(stream, event.day))
    if own is None:
        return None
    shown = own
    if variant := _RESENT.get(event.kind):
        again = delivered.get(f"{own.offer_id}/{variant}")
        if again is None:
            return None
        shown = own if event.kind == "corrected_file" else again
    at, since = _shows(stream, seed, event)
    if stream.cadence == "day" and at and event.kind != "future_date" and not _covered(stream, at, delivered):
        return None
    return Defect(
        kind=event.kind,
        source_id=source.id,
        offer_id=shown.offer_id,
        file_name=file_name(stream, shown),
        site=unknown_site_id(event) if event.kind == "unknown_site" else event.site,
        parameter="" if event.kind in _WHOLE_RECORD and not _is_reading(stream) else event.parameter,
        affected_from=since,
        period_start=at,
        expect=EXPECT[event.kind],
        delivered_at=shown.delivered_at,
        record=_ticket(stream, event),
    )


def _is_reading(stream: Stream) -> bool:
    """Whether a record of the stream's files is one reading; a day of a network loses or repeats a whole moment."""
    return stream.name == _LONG or (stream.long and stream.cadence != "day")


def _offer_id(stream: Stream, day: date) -> str:
    patterns = {"day": "%Y%m%d", "month": "%Y%m", "period": "%Y%m", "year": "%Y"}
    return f"{stream.name}/{day.strftime(patterns[stream.cadence])}"


def _covered(stream: Stream, moment: datetime, delivered: dict[str, Planned]) -> bool:
    """Whether the daily file that holds `moment` is among those delivered."""
    return _offer_id(stream, (moment - timedelta(hours=stream.start_hour)).date()) in delivered


def _shows(stream: Stream, seed: int, event: Event) -> tuple[datetime | None, datetime | None]:
    """The reading that shows the defect, and where the defect begins."""
    if event.kind in ("late_file", "resent_identical", "resent_repacked") or stream.name == "waste_weighbridge":
        return None, None
    if stream.name in ("water_manual", "water_subdistrict"):
        plan = Planned(stream.name, event.day, "", datetime.min, f"{event.day:%Y%m}")
        moment = sampled_at(seed, event.site, plan)
        return moment, moment
    if stream.name in ("noise_grid", "noise_road"):
        moment = measured_at(stream, event.day.year, stream.sites.index(event.site))
        return moment, moment
    if stream.cadence == "period":
        moment = moments(stream.name, seed, event.site, event.day, stream.months)[0]
        return moment, moment
    if stream.cadence != "day":
        return event.start, event.start
    if event.kind == "gap":
        return event.end, event.start
    if event.kind in ("flat_line", "attenuated"):
        return event.end - timedelta(minutes=stream.step_min), event.start
    if event.kind == "future_date":
        return future(event.start), future(event.start)
    return event.start, event.start


def _ticket(stream: Stream, event: Event) -> str:
    if stream.name != "waste_weighbridge" or event.kind in ("late_file", "resent_identical", "resent_repacked"):
        return ""
    suffix = {"unknown_site": "X", "future_date": "F"}.get(event.kind, "")
    return ticket(event.site, datetime.combine(event.day, time()), spoilt_serial(event)) + suffix
