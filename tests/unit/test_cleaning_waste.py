"""Loads: net from gross and tare, tickets as keys, occurrence numbers where there is no ticket."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from sources.config.model import ColumnMapping, ConfigError, ValueMapping
from tests.unit.cleaning_kit import NOON, MemoryStore, cleaned, config, delivery, run, waste_source

HEAD = "scale,ticket,time,category,gross,tare,net\n"


def load(ticket: str = "T1", gross: str = "18460", tare: str = "10220", net: str = "8240", time: str = "08:00") -> str:
    moment = time if " " in time else f"2026-03-01 {time}"
    return f"W1,{ticket},{moment},厨余,{gross},{tare},{net}\n"


def tickets(store: MemoryStore) -> dict[str, list[str]]:
    """Tickets that hold, by day."""
    found = {value: frame["ticket_no"].to_list() for (_, value), frame in sorted(store.clean.items())}
    return {value: own for value, own in found.items() if own}


def reason(store: MemoryStore) -> str | None:
    rejected = store.all_quarantined()
    return rejected["reason"][0] if rejected.height else None


@pytest.mark.parametrize(
    ("gross", "tare", "net", "valid"), [("18460", "10220", "8.24", True), ("10100", "10220", None, False)]
)
def test_worked_example_weighbridge(gross, tare, net, valid):
    """standards/worked_examples.json, 'weighbridge': net = gross - tare; reject net <= 0."""
    store = cleaned(waste_source(), HEAD + load(gross=gross, tare=tare, net=""))
    clean = store.all_clean("clean_waste")
    assert (clean.height == 1) is valid
    if valid:
        assert clean["value"][0] == Decimal(net) and clean["unit"][0] == "t"
    else:
        assert reason(store) == "mass_impossible"


@pytest.mark.parametrize(
    ("gross", "tare", "net", "expected"),
    [
        ("18460", "10220", "8240", Decimal("8.24")),
        ("18460", "10220", "8240000", "net_mismatch"),
        ("18460", "10220", "8250", "net_mismatch"),
        ("18460", "10220", "溢出", "not_a_number"),
        ("18460", "18460", "0", "mass_impossible"),
        ("18460", "0", "18460", "mass_impossible"),
        ("18460", "-5", "18465", "mass_impossible"),
        ("abc", "10220", "8240", "dim_unreadable"),
        ("<18460", "10220", "8240", "dim_unreadable"),
        ("", "", "8240", Decimal("8.24")),
        ("18460", "", "8240", Decimal("8.24")),
    ],
)
def test_masses_that_fit_and_masses_that_do_not(gross, tare, net, expected):
    store = cleaned(waste_source(), HEAD + load(gross=gross, tare=tare, net=net))
    if isinstance(expected, str):
        assert reason(store) == expected
    else:
        assert store.all_clean("clean_waste")["value"].to_list() == [expected]


def test_what_undoes_a_load_stays_as_received():
    """A negative ticket with the masses of the one it undoes is not a weighing: nothing of it is judged or computed."""
    source = waste_source()
    columns = {
        **source.columns,
        "undoes": ColumnMapping(column="undoes"),
        "state": ColumnMapping(column="state", values={"作废": "void"}),
    }
    head = "scale,ticket,time,category,gross,tare,net,undoes,state\n"
    lines = [load("T1"), load("T2", net="-8240"), load("T3", gross="-18460", tare="-10220", net="-8240"), load("T4")]
    ends = (",,", ",T1,", ",T9,", ",,作废")
    store = cleaned(
        replace(source, columns=columns), head + "".join(a[:-1] + b + "\n" for a, b in zip(lines, ends, strict=True))
    )
    clean = store.all_clean("clean_waste").sort("ticket_no")
    assert clean["value"].to_list() == [Decimal("8.24"), Decimal("-8.24"), Decimal("-8.24"), Decimal("8.24")]
    assert clean["undoes"].to_list() == [None, "T1", "T9", None]
    assert clean["state"].to_list() == [None, None, None, "void"]
    assert store.all_quarantined().is_empty()


def test_a_net_in_tonnes_may_be_rounded_to_its_last_digit():
    source = waste_source(values=(ValueMapping("net", "net_t", "t"),))
    text = HEAD + load("A", net="8.2") + load("B", net="8.24") + load("C", net="8.3")
    store = cleaned(source, text)
    assert store.all_clean("clean_waste")["value"].to_list() == [Decimal("8.24")] * 2
    assert store.all_quarantined()["reason"].to_list() == ["net_mismatch"]


def test_without_a_net_column_the_gross_column_stands_for_it_and_never_passes_for_a_net():
    source = waste_source(values=(ValueMapping("gross", "net_t", "kg"),))
    store = cleaned(source, HEAD + load("A") + load("B", tare=""))
    assert store.all_clean("clean_waste").sort("ticket_no")["value"].to_list() == [Decimal("8.24"), None]


def test_a_corrected_ticket_replaces_its_first_version_whatever_its_time():
    source = waste_source()
    store = MemoryStore()
    first = delivery(source, HEAD + load(time="08:00"))
    later = delivery(source, HEAD + load(gross="18000", net="7780", time="09:30"), NOON + timedelta(days=1))
    run(store, config(source), [first, later])
    assert store.all_clean("clean_waste")["value"].to_list() == [Decimal("7.78")]
    fallen = store.all_superseded("clean_waste").row(0, named=True)
    assert (fallen["kind"], fallen["by_sha256"]) == ("superseded", later.receipt.sha256)


def test_a_corrected_ticket_leaves_the_day_of_its_first_version():
    """Case 09: the correction moves T5 over midnight, and a second one moves it back by the very bytes of the first."""
    source = waste_source()
    first = delivery(source, HEAD + load("T5", time="2026-03-03 00:05") + load("T6", time="2026-03-03 09:00"))
    moved = delivery(source, HEAD + load("T5", time="2026-03-02 23:55"), NOON + timedelta(days=1))
    back = delivery(source, HEAD + load("T5", time="2026-03-03 00:05") + load("T6", time="2026-03-03 09:00"),
                    NOON + timedelta(days=2))  # fmt: skip
    store = MemoryStore()
    run(store, config(source), [first])
    report = run(store, config(source), [moved])
    assert tickets(store) == {"2026-03-02": ["T5"], "2026-03-03": ["T6"]}
    fallen = store.superseded["clean_waste", "2026-03-03"].row(0, named=True)
    assert (fallen["ticket_no"], fallen["kind"], fallen["by_row"]) == ("T5", "superseded", 2)
    assert (fallen["by_delivery_id"], fallen["by_column"]) == (moved.receipt.delivery_id, "net")
    (said,) = report.moved
    assert "1 reading" in said and "T5" in said and "2026-03-03" in said
    totals = store.totals("waste", first.receipt.delivery_id)
    assert (totals["readings_clean"], totals["readings_superseded"], totals["records_used"]) == (1, 1, 2)
    assert [w for w in store.writes if w[1] == "2026-03-03"] == [("clean_waste", "2026-03-03")] * 2
    run(store, config(source), [back])
    assert tickets(store) == {"2026-03-03": ["T5", "T6"]}
    assert store.superseded["clean_waste", "2026-03-02"]["by_delivery_id"].to_list() == [back.receipt.delivery_id]


def test_a_removed_correction_gives_the_ticket_back_to_its_first_day():
    own, other = waste_source(), waste_source(id="other")
    store = MemoryStore()
    first = delivery(own, HEAD + load("T5", time="2026-03-03 00:05"))
    moved = delivery(other, HEAD + load("T5", time="2026-03-02 23:55"), NOON + timedelta(days=1))
    run(store, config(own, other), [first, moved])
    assert tickets(store) == {"2026-03-02": ["T5"]}
    run(store, config(own), [moved])
    assert tickets(store) == {"2026-03-03": ["T5"]}


def test_loads_without_tickets_that_are_equal_on_two_days_are_two_loads():
    source = replace(NO_TICKET, occurrence_of=("scale", "net"))
    store = MemoryStore()
    for day in (1, 2):
        text = SHORT + f"W1,2026-03-0{day} 08:00,100\n"
        run(store, config(source), [delivery(source, text, NOON + timedelta(days=day))])
    assert store.all_clean("clean_waste").height == 2


def test_a_load_without_its_ticket_is_quarantined():
    assert reason(cleaned(waste_source(), HEAD + load(ticket=""))) == "key_missing"


def test_a_category_that_is_not_mapped_is_quarantined():
    assert reason(cleaned(waste_source(), HEAD + load().replace("厨余", "装修"))) == "unmapped_value"


NO_TICKET = waste_source(columns={}, occurrence_of=("scale", "time", "net"))
SHORT = "scale,time,net\n"


def loads(*nets: str) -> str:
    return SHORT + "".join(f"W1,2026-03-01 08:00,{net}\n" for net in nets)


def test_equal_loads_without_a_ticket_are_numbered():
    clean = cleaned(NO_TICKET, loads("100", "100", "200", "100")).all_clean("clean_waste")
    assert clean.select("ticket_no", "occurrence_no", "raw_row").rows() == [
        ("W1|2026-03-01 08:00|100", 1, 2),
        ("W1|2026-03-01 08:00|100", 2, 3),
        ("W1|2026-03-01 08:00|100", 3, 5),
        ("W1|2026-03-01 08:00|200", 1, 4),
    ]


def test_a_file_sent_again_in_other_company_repeats_the_same_loads():
    source = replace(NO_TICKET, occurrence_of=("scale", "net"))
    store = MemoryStore()
    one_day = delivery(source, loads("100", "100"))
    # The later file also holds another day: numbers must not run on from one day into the next.
    both = SHORT + "W1,2026-02-28 08:00,100\n" + loads("100", "100").removeprefix(SHORT)
    run(store, config(source), [one_day, delivery(source, both, NOON + timedelta(days=1))])
    assert store.all_clean("clean_waste").height == 3
    assert store.all_superseded("clean_waste")["kind"].to_list() == ["duplicate", "duplicate"]


def test_a_source_of_loads_names_a_ticket_or_what_makes_a_load():
    with pytest.raises(ConfigError, match="ticket_no"):
        cleaned(waste_source(columns={}), HEAD)


def test_an_occurrence_number_may_be_declared_as_a_constant():
    source = waste_source()
    columns = {**source.columns, "occurrence_no": ColumnMapping(constant="1")}
    clean = cleaned(replace(source, columns=columns), HEAD + load()).all_clean("clean_waste")
    assert clean["occurrence_no"].to_list() == [1]
