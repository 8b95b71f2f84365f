"""Whatever a table of odd headers and cells holds, a draft of it is a sound configuration, or it is said why there is
none.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from sources.config import check_config
from sources.readers import UnreadableFile
from sources.registry import registry
from sources.suggest.draft_lines import draft_of
from sources.suggest.sample import samples_of
from sources.suggest.suggestion import NothingSuggested

HEADERS = st.sampled_from([
    "time", "date", "hour", "year", "month", "day", "PM2.5", "CO(mg/m3)", "leq", "leq_x", "项目", "结果", "断面",
    "station", "status", "类别", "*", "", "a\nb", "净重(kg)", "票号", "1月", "2月", "3月", "1001A", "1002A", "1003A",
])  # fmt: skip
CELLS = st.sampled_from([
    "", "NA", "*", "1", "2.5", "1,5", "1,234.5", "-999", "1e999", "9" * 400, "²", "１２", "24", "2026", "2026-03-01",
    "2026-03-01 08:00", "01/02/2026", "20260301", "1772352000", "99:99", "08:00", "正常", "D", "PM2.5", "氨氮", "mg/L",
    "厨余", "<0.01", "0.01L", "Ⅲ", "<b>5</b>", 'a"b', "2026-02-30 25:61", "/Date(1772352000000)/",
])  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """A CSV whose columns hold a few different cells each."""
    header = draw(st.lists(HEADERS, min_size=1, max_size=8))
    kinds = [draw(st.lists(CELLS, min_size=1, max_size=3)) for _ in header]
    rows = [[draw(st.sampled_from(kind)) for kind in kinds] for _ in range(draw(st.integers(0, 12)))]
    text = io.StringIO()
    csv.writer(text, delimiter=draw(st.sampled_from(",;\t"))).writerows([header, *rows])
    return text.getvalue().encode(draw(st.sampled_from(["utf-8", "gb18030", "utf-16"])), "replace")


@settings(max_examples=120, deadline=None)
@given(tables(), st.sampled_from([None, "air", "water", "energy", "waste", "noise", "returns"]))
def test_a_draft_of_any_table_is_sound(data: bytes, feed: str | None) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "f.csv")
        file.write_bytes(data)
        try:
            (sample,) = samples_of([file])
            text = draft_of(sample, registry(), feed, date(2026, 12, 1), "f.csv")
        except (NothingSuggested, UnreadableFile) as error:
            assert "f.csv" in str(error)
            return
        draft = Path(folder, "draft.toml")
        draft.write_text(text, encoding="utf-8")
        assert check_config(draft) == []
