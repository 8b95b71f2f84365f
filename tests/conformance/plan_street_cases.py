"""A plan of a subdistrict whose indicators are formulas over a declared network and a declared register.

Here belong inputs only; what becomes of each promise is in test_plans.py, with the arithmetic next to it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from sources.networks.network_feed import with_networks
from sources.networks.network_rows import rows_of as network_rows
from sources.networks.read_declaration import read_declaration
from sources.plans.plan_rows import rows_of
from sources.plans.read_plan import read_plan
from sources.registers.read_register import read_register
from sources.registers.register_feed import with_registers
from sources.registers.register_rows import rows_of as register_rows
from sources.registry import registry
from sources.registry.clean_columns import CLEAN_COLUMNS
from sources.registry.register_tables import CASE_COLUMNS, REGISTER_TABLES
from tests.conformance.kit import District, write_table
from tests.conformance.network_kit import Networks
from warehouse.lake.file_counts import COLUMNS as FILE_COUNTS

AREA, PLAN = "110105001", "jianwai_2025"
NETWORK = """
name = "ponds"
name_zh = "池塘"
name_en = "Ponds"
medium = "water"
owner = "区水务局"
cadence = "month"
site_kinds = ["site"]
[parameters]
cod = { name_zh = "化学需氧量", name_en = "COD", unit = "mg/L", decimals = 1 }
clear = { name_zh = "清澈", name_en = "Clear days", unit = "d", decimals = 0 }
[[figures]]
id = "year_mean"
parameters = ["cod"]
statistic = "mean"
period = "year"
min_count = 1
name_zh = "年均值"
name_en = "Mean of the year"
[[figures]]
id = "year_days"
parameters = ["clear"]
statistic = "sum"
period = "year"
min_count = 1
unit = "d"
name_zh = "全年天数"
name_en = "Days of the year"
[[limits]]
parameter = "cod"
figure = "year_mean"
operator = "<="
high = 20
unit = "mg/L"
standard = "S"
clause = "c"
certainty = "high"
[[areas]]
id = "cod_of_ponds"
name_zh = "池塘化学需氧量"
name_en = "COD of ponds"
parameter = "cod"
figure = "year_mean"
period = "year"
level = "subdistrict"
statistic = "mean"
unit = "mg/L"
[[areas]]
id = "attaining_ponds"
name_zh = "池塘达标率"
name_en = "Share of attaining ponds"
period = "year"
level = "subdistrict"
statistic = "share_attaining"
[[areas]]
id = "clear_days"
name_zh = "清澈天数"
name_en = "Clear days"
parameter = "clear"
figure = "year_days"
period = "year"
level = "subdistrict"
statistic = "sum"
unit = "d"
decimals = 0
"""
REGISTER = """
name = "pond_complaints"
name_zh = "池塘投诉"
name_en = "Complaints about ponds"
entity = { word = "pond", name_zh = "池塘" }
owner = "区水务局"
cadence = "month"
[states]
open = { name_zh = "办理中", name_en = "Open", meaning = "open" }
done = { name_zh = "办结", name_en = "Closed", meaning = "closed" }
"""
FOLDER = {
    "plan": f"plan_id,name_zh,first_year,last_year,area_code\n{PLAN},建外街道计划,2021,2025,{AREA}\n",
    "formulas": (
        "indicator_id,name_zh,unit,decimals,formula\n"
        "pond_cod,池塘化学需氧量,ug/L,0,mean(ponds.cod)\n"
        "pond_attaining,池塘达标率,%,1,attainment(ponds)\n"
        "pond_clear_days,清澈天数,d,0,days(ponds.clear)\n"
        "pond_answered,投诉办结率,%,1,closed_share(pond_complaints)\n"
        'pond_both,达标与办结平均,%,2,"0.5 * attainment(ponds) + 0.5 * closed_share(pond_complaints)"\n'
    ),
    "indicators": (
        "indicator_id,name_zh,unit,target_operator,target_value\n"
        "pond_cod,池塘化学需氧量,ug/L,<=,20000\n"
        "pond_attaining,池塘达标率,%,>=,60\n"
        "pond_clear_days,清澈天数,d,>=,300\n"
        "pond_answered,投诉办结率,%,>=,66.7\n"
        "pond_both,达标与办结平均,%,>=,60\n"
    ),
}  # fmt: skip
# Opened and closed: of three complaints of 2025 two are closed, one of them only in the next year.
CASES = (("1", date(2025, 1, 5), date(2025, 1, 9)), ("2", date(2025, 6, 1), date(2026, 2, 1)), ("3", date(2025, 12, 31), None))  # fmt: skip # noqa: E501


def add(district: District, networks: Networks, work: Path) -> None:
    """The plan, its network and the readings of two ponds."""
    work.mkdir()
    for name, text in {"ponds.toml": NETWORK, "complaints.toml": REGISTER}.items():
        (work / name).write_text(text, encoding="utf-8")
    read, cases = read_declaration(work / "ponds.toml", registry()), read_register(work / "complaints.toml", registry())
    assert read.declaration, read
    assert cases.declaration, cases
    known = with_registers(with_networks(registry(), [read.declaration]), [cases.declaration])
    folder = work / "jianwai"
    folder.mkdir()
    for name, text in FOLDER.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    plan = read_plan(folder, known, [read.declaration], [cases.declaration])
    assert plan.plan, plan.mistakes
    for table, rows in rows_of(plan.plan).items():
        for row in rows:
            district.declared(table, **row)
    for table, rows in network_rows([read.declaration], known, ()).items():
        networks.rows[table] += rows
    ponds = networks.existing("ponds", "month")
    for site, cod, clear in (("POND-1", "12.5", 200), ("POND-2", "30", 165)):
        ponds.site(site, AREA, assessed=True)
        ponds.reading(site, "cod", datetime(2025, 5, 1), cod)
        ponds.reading(site, "clear", datetime(2025, 5, 1), clear, unit="d")


def write(clean_root: Path, work: Path) -> None:
    """The register, its cases and the two deliveries that brought them."""
    declared = read_register(work / "complaints.toml", registry()).declaration
    assert declared
    for table, rows in register_rows([declared], ()).items():
        own = REGISTER_TABLES[table]
        write_table(clean_root / own.clean_name / "part-0.parquet", own.columns, rows)
    name, known_from = declared.name, datetime(2026, 3, 1)
    cases = [
        {
            "register_id": name, "case_id": number, "site_id": AREA, "area_code": AREA, "parameter": "case",
            "period_start": datetime(opened.year, opened.month, opened.day), "closed": closed, "value": Decimal(1),
            "state": "done" if closed else "open", "source_id": name, "known_from": known_from,
            "provenance": "reported",
        }
        for number, opened, closed in CASES
    ]  # fmt: skip
    write_table(clean_root / "register_cases" / "part-0.parquet", CLEAN_COLUMNS + CASE_COLUMNS, cases)
    counts = [
        {"feed": name, "source_id": name, "delivered_at": known_from, "verdict": "read", "records_in": len(CASES)}
    ]
    write_table(clean_root / "file_counts" / "complaints.parquet", FILE_COUNTS, counts)
