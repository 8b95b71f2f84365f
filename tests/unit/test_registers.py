"""Declared registers: mistakes by line, how a case is read, private columns, and any order of deliveries.

Here belong declarations and cleaning. Not here: marts (tests/pipeline) or the golden values.
"""

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.cleaning.register import load_register
from sources.config import ConfigError, check_config, load_config
from sources.config.identity import VARIABLE, Identity, IdentityError, identity_of
from sources.registers.read_register import read_register, shipped_register, shipped_registers
from sources.registry import registry
from tests.unit.cleaning_kit import NOON, MemoryStore, delivery, run

REGISTER = """name = "pets"
name_zh = "宠物"
name_en = "Pets"
entity = { word = "pet", name_zh = "宠物" }
owner = "区生态环境局"
cadence = "day"
private = ["entity", "phone"]
[categories]
dog = { name_zh = "犬", name_en = "Dog", received = ["狗"] }
[states]
open = { name_zh = "办理中", name_en = "Open", meaning = "open" }
done = { name_zh = "办结", name_en = "Done", meaning = "closed" }
[attributes]
phone = { name_zh = "电话", name_en = "Telephone" }
coat = { name_zh = "毛色", name_en = "Coat" }
"""
CONFIG = """[registers]
files = ["pets.toml"]
[[source]]
id = "pets"
feed = "pets"
path = "*.csv"
time = { columns = ["opened"], formats = ["%Y-%m-%d"] }
site = { column = "place" }
[source.columns]
case_id = { column = "no" }
entity = { column = "name" }
category = { column = "kind" }
state = { column = "state" }
due = { column = "due" }
closed = { column = "closed" }
phone = { column = "phone" }
coat = { column = "coat" }
"""
HEADER = "no,name,opened,kind,state,due,closed,phone,coat,place\n"
PLATE, PHONE = "京A·77777", "13900007777"


def declared(folder: Path, text: str) -> tuple[str, ...]:
    file = folder / "pets.toml"
    file.write_text(text, encoding="utf-8")
    return read_register(file, registry()).problems


def configured(folder: Path, register: str = REGISTER, config: str = CONFIG):
    (folder / "pets.toml").write_text(register, encoding="utf-8")
    (folder / "ecoledger.toml").write_text(config, encoding="utf-8")
    return replace(load_config(folder / "ecoledger.toml"), identity=Identity(simulated="test"))


def store_of(config, *contents: str, order=None) -> MemoryStore:
    """The deliveries, an hour apart, cleaned in the given order, one call each."""
    source = config.sources[0]
    made = [delivery(source, c, NOON + timedelta(hours=i), f"{i}.csv") for i, c in enumerate(contents)]
    store = MemoryStore()
    known = load_register(config, config.registry(registry()))
    store.offer(made)
    for i in order if order is not None else range(len(made)):
        run(store, config, [made[i]], known)
    return store


def clean(config, *contents: str, order=None) -> pl.DataFrame:
    return store_of(config, *contents, order=order).all_clean(config.sources[0].table).sort("case_id")


@pytest.mark.parametrize("name", shipped_registers())
def test_shipped_registers_are_sound(name):
    assert shipped_register(name).problems == ()


@pytest.mark.parametrize(
    ("written", "instead", "line", "said"),
    [
        ('name = "pets"', 'name = "air"', 1, "'air' is a feed"),
        ('name = "pets"', 'name = "Pets"', 1, "not a name"),
        ('cadence = "day"', 'cadence = "dy"', 6, "did you mean 'day'?"),
        ('cadence = "day"', 'cadence = "day"\nabsence = "closed"', 7, "write snapshot = true"),
        ('private = ["entity", "phone"]', 'private = ["entity", "fone"]', 7, "did you mean 'phone'?"),
        ('private = ["entity", "phone"]', 'private = ["state"]', 7, "'state' cannot be private"),
        ('cadence = "day"', 'cadence = "day"\namount_unit = "m3/x"', 7, "the unit 'm3/x' is not known"),
        ('received = ["狗"]', 'received = ["犬", "狗"]', None, ""),
        ('meaning = "closed"', 'meaning = "shut"', 12, "'shut' is not known here"),
        ('meaning = "closed"', 'meaning = "open"', 10, "no state is closed"),
        ('name_zh = "办结"', 'name_zh = "办理中"', 12, "'办理中' means open already"),
        ("coat = {", "due = {", 15, "'due' is a column of every register"),
        ('cadence = "day"', 'kind = "list"\ncadence = "day"', 11, "a list has no states"),
        ('owner = "区生态环境局"\n', "", 1, "'owner' is missing"),
        ('cadence = "day"', 'cadence = "day"\nsnapshots = true', 7, "did you mean 'snapshot'?"),
    ],
)
def test_a_mistake_is_named_by_line(tmp_path, written, instead, line, said):
    problems = declared(tmp_path, REGISTER.replace(written, instead))
    if line is None:
        assert problems == ()
    else:
        assert len(problems) == 1
        assert problems[0].startswith(f"pets.toml, line {line}: ")
        assert said in problems[0]


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('case_id = { column = "no" }\n', "", "needs 'case_id'"),
        ('coat = { column = "coat" }', 'cote = { column = "coat" }', "did you mean 'coat'?"),
        ('coat = { column = "coat" }', 'event_id = { column = "coat" }', "has no column 'event_id'"),
        (
            'state = { column = "state" }',
            'state = { column = "state", values = { "x" = "dne" } }',
            "did you mean 'done'?",
        ),
        ('feed = "pets"\npath', 'feed = "pats"\npath', "did you mean 'pets'?"),
        ('files = ["pets.toml"]', 'files = ["pets.toml"]\nidentity_key_file = "no.key"', "cannot be read"),
    ],
)
def test_a_mistaken_mapping_is_named(tmp_path, written, instead, said):
    (tmp_path / "pets.toml").write_text(REGISTER, encoding="utf-8")
    (tmp_path / "ecoledger.toml").write_text(CONFIG.replace(written, instead), encoding="utf-8")
    assert said in " ".join(map(str, check_config(tmp_path / "ecoledger.toml")))


def test_a_case_is_read_with_words_and_days_and_counts_one(tmp_path):
    rows = clean(configured(tmp_path), f"{HEADER}1,{PLATE},2026-03-01,狗,办结,2026-03-09,2026-03-05,{PHONE},黑,\n")
    row = rows.row(0, named=True)
    assert (row["category"], row["state"]) == ("dog", "done")
    assert (str(row["due"]), str(row["closed"])) == ("2026-03-09", "2026-03-05")
    assert (row["value"], row["value_raw"], row["site_id"], row["attributes"]) == (1, None, "110105", "毛色：黑")
    assert row["entity"] == identity_of(Identity(simulated="test").key(), "pet", "京a 77777")


def test_a_later_delivery_is_the_next_state_also_where_the_day_was_corrected(tmp_path):
    first = f"{HEADER}1,a,2026-03-01,狗,办理中,,,,,\n2,b,2026-03-01,狗,办理中,,,,,110105014\n"
    second = f"{HEADER}1,a,2026-02-27,狗,办结,,2026-03-02,,,\n2,b,2026-03-01,狗,办理中,,,,,110105015\n"
    store = store_of(configured(tmp_path), first, second)
    rows = store.all_clean("register_pets").sort("case_id")
    assert rows["state"].to_list() == ["done", "open"]
    assert rows["site_id"].to_list() == ["110105", "110105015"], "another place is another state"
    assert store.all_superseded("register_pets")["kind"].to_list() == ["superseded"] * 2


@settings(max_examples=12, deadline=None)
@given(st.randoms(use_true_random=False))
def test_any_order_of_deliveries_gives_the_same_state(tmp_path_factory, chance: random.Random):
    config = configured(tmp_path_factory.mktemp("register"))
    contents = []
    for _ in range(4):
        lines = []
        for no in chance.sample(range(6), 4):
            state, place = chance.choice(["办理中", "办结", "不明"]), chance.choice(["", "110105014"])
            lines.append(f"{no},n{no},2026-0{chance.randint(1, 3)}-01,狗,{state},,,,,{place}")
        contents.append(HEADER + "\n".join(lines) + "\n")
    order = list(range(4))
    chance.shuffle(order)
    straight, mixed = store_of(config, *contents), store_of(config, *contents, order=order)
    by = ["case_id", "period_start", "raw_sha256", "raw_row"]
    for frame in ("all_clean", "all_superseded"):
        one, other = (getattr(s, frame)("register_pets") for s in (straight, mixed))
        assert one.sort(by).equals(other.sort(by))


def test_nothing_private_is_in_what_cleaning_keeps_or_says(tmp_path):
    rows = [
        f"1,{PLATE},2026-03-01,狗,办结,,2026-03-05,{PHONE},黑,",
        f"2,{PLATE},2026-03-01,猫,办结,,2026-03-05,{PHONE},黑,",
        f",{PLATE},2026-03-01,狗,办结,,2026-03-05,{PHONE},黑,",
        f"3,{PLATE},2026-03-01,狗,办结,某日,2026-03-05,{PHONE},黑,",
        f'4,"{PLATE},2026-03-01,{PHONE}',
    ]
    content = HEADER.replace("place", "place,remark") + "\n".join(f"{r},致电{PHONE}" for r in rows) + "\n"
    store = store_of(configured(tmp_path), content, f"{PLATE},{PHONE}\nx,y\n")
    kept = [*store.clean.values(), *store.superseded.values(), *store.quarantine.values()]
    written = " ".join(frame.write_json() for frame in kept) + repr(store.files)
    assert "unmapped_value" in written
    assert "file_unreadable" in written
    for text in (PLATE, PHONE, "77777"):
        assert text not in written


def test_a_list_tells_memberships_by_their_first_day_which_may_be_to_come(tmp_path):
    register = REGISTER.split("[states]")[0].replace('cadence = "day"', 'cadence = "day"\nkind = "list"')
    register = register.replace('private = ["entity", "phone"]', "")
    left_out = ("case_id", "state", "phone", "coat")
    config = "\n".join(line for line in CONFIG.splitlines() if not line.startswith(left_out))
    rows = clean(
        configured(tmp_path, register, config),
        f"{HEADER}1,a,2025-01-01,狗,,,2025-12-31,,,\n1,a,2026-07-01,狗,,,,,,\n",
    )
    assert rows["case_id"].to_list() == ["a@2025-01-01", "a@2026-07-01"]


def test_the_key_is_the_environment_s_then_the_file_s_then_the_one_kept(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    kept = Identity(kept=tmp_path / "identity.key")
    assert kept.mark() == ""
    with pytest.raises(IdentityError, match="no identity key"):
        kept.key()
    kept.ensure()
    made = kept.key()
    kept.ensure()
    assert kept.key() == made
    assert (tmp_path / "identity.key").stat().st_mode & 0o777 == 0o600
    file = tmp_path / "own.key"
    file.write_text("a key of its own, long enough")
    file.chmod(0o644)
    with pytest.raises(IdentityError, match="chmod 600"):
        Identity(file=file).key()
    file.chmod(0o600)
    assert Identity(file=file, kept=kept.kept).key() != made
    monkeypatch.setenv(VARIABLE, "short")
    with pytest.raises(IdentityError, match="at least 16"):
        kept.key()
    monkeypatch.setenv(VARIABLE, "the key of the environment")
    assert Identity(file=file).mark() == kept.mark() != ""


def test_without_a_key_a_private_register_is_refused(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    config = replace(configured(tmp_path), identity=Identity())
    with pytest.raises(ConfigError, match="there is no identity key"):
        clean(config, f"{HEADER}1,a,2026-03-01,狗,办结,,,,,\n")
