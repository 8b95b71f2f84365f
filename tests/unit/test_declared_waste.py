"""What a user declares of waste: categories, where they count, rates; and each mistake with what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.config import check_config, load_config
from sources.registry import registry
from tests.unit.test_config_declared import configuration

RATE = "indicator_id,name_zh,unit,decimals,standard,clause,formula_zh\n"
SOUND = {
    "waste_categories": "category,name_zh\npallets,废托盘\n",
    "waste_counting": "category,node,valid_from,document\npallets,sorting_centre,2020-01-01,本区规定\n",
    "waste_ratios": RATE + "pallets_reused,托盘再用率,%,1,s,c,f\n",
    "waste_ratio_terms": (
        "indicator_id,term,role,measure,category,destination,node\n"
        "pallets_reused,1,numerator,received,pallets,recycling,\n"
        "pallets_reused,2,denominator,generated_t,pallets,,enterprise\n"
    ),
}
TERM = "indicator_id,term,role,measure,category,destination,node\n"


def declared(base: Path, **files: str) -> Path:
    """A configuration with the sound files, some of them replaced."""
    for name, text in {**SOUND, **files}.items():
        (base / f"{name}.csv").write_text(text, encoding="utf-8")
    lines = "".join(f'{name} = "{name}.csv"\n' for name in SOUND)
    return configuration(base, f"[declared]\n{lines}")


def test_a_declared_category_is_a_word_of_every_table_of_waste(tmp_path: Path) -> None:
    loaded = load_config(declared(tmp_path))
    known = loaded.registry(registry())
    for name, table in known.feeds["waste"].tables.items():
        (category,) = [column for column in table.dims if column.name == "category"]
        assert category.allowed == (*registry().feeds["waste"].vocabularies["waste_category"], "pallets"), name
    assert known.fingerprint != registry().fingerprint
    assert "pallets" not in registry().feeds["waste"].vocabularies["waste_category"]


@pytest.mark.parametrize(
    ("file", "text", "said", "hint"),
    [
        ("waste_categories", "category,name_zh\nPallets,废托盘\n", "'Pallets' is not a name", "small letters"),
        ("waste_categories", "category,name_zh\npallets,\n", "column name_zh: it is empty", "enter it: chinese name"),
        ("waste_counting", "category,node,valid_from,document\npalets,weighbridge,2020-01-01,d\n",
         "there is no 'palets'", "did you mean 'pallets'?"),
        ("waste_counting", "category,node,valid_from,document\npallets,sorting_center,2020-01-01,d\n",
         "there is no 'sorting_center'", "did you mean 'sorting_centre'?"),
        ("waste_ratios", RATE + "forest_cover_rate,率,%,1,s,c,f\n",
         "'forest_cover_rate' is computed already", "another name"),
        ("waste_ratios", RATE + "pallets_reused,率,t,1,s,c,f\n",
         "'t' is not known", "'%'"),
        ("waste_ratio_terms", TERM + "pallets_reused,1,numerator,recieved,pallets,,\n",
         "there is no 'recieved'", "did you mean 'received'?"),
        ("waste_ratio_terms", TERM + "pallets_reusd,1,numerator,received,pallets,,\n",
         "there is no 'pallets_reusd'", "did you mean 'pallets_reused'?"),
        ("waste_ratio_terms", TERM + "pallets_reused,1,numerator,received,pallets,recyclin,\n",
         "there is no 'recyclin'", "did you mean 'recycling'?"),
        ("waste_ratio_terms", TERM + "pallets_reused,1,numerator,generated_t,pallets,,\n",
         "column node: it is empty", "kind of site that generated_t is of"),
        ("waste_ratio_terms", TERM + "pallets_reused,1,numerator,registered,pallets,landfill,enterprise\n",
         "registered has no destination", "leave it empty"),
        ("waste_ratio_terms", TERM + "pallets_reused,1,numerator,received,pallets,,\n",
         "the rate 'pallets_reused' has no denominator", "waste_ratio_terms"),
    ],
)  # fmt: skip
def test_a_mistake_says_what_to_write(tmp_path: Path, file: str, text: str, said: str, hint: str) -> None:
    found = [(p.message, p.suggestion) for p in check_config(declared(tmp_path, **{file: text}))]
    assert [m for m, h in found if said in m and hint in h], found
