"""Property searches of digests: the order of rows does not matter, and any other row does."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.test_warehouse_digest import Row, digest_of

rows_strategy = st.lists(
    st.tuples(
        st.none() | st.text(max_size=4),
        st.none() | st.dates(),
        st.none() | st.decimals(-(10**11), 10**11, places=6),
        st.none() | st.booleans(),
        st.none() | st.integers(-(2**63), 2**63 - 1),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(rows=rows_strategy, data=st.data())
def test_order_does_not_matter_and_any_other_row_does(rows: list[Row], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    assert digest_of(rows) == digest_of(shuffled, threads=1)
    other = data.draw(rows_strategy.filter(lambda o: sorted(map(repr, o)) != sorted(map(repr, rows))))
    assert digest_of(rows) != digest_of(other)
