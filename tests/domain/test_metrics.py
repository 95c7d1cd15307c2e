from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from occupier.domain.metrics import AGES, Age, Figures, Medians, due_at, medians, reached
from tests.fakes import START

counts = st.none() | st.integers(0, 10**9)
figures = st.builds(Figures, counts, counts, counts, counts)


def test_the_median_of_nothing_is_unknown() -> None:
    assert medians([]) == Medians(0, None, None, None, None)


def test_medians_are_of_what_was_told() -> None:
    read = [Figures(1, 10, None), Figures(3, 20, None), Figures(100, None, None), Figures(None, 40, 7)]
    assert medians(read) == Medians(4, 3.0, 20.0, 7.0, None)
    assert medians([Figures(likes=1), Figures(likes=2)]).likes == 1.5


@given(st.lists(figures, min_size=1))
def test_a_median_lies_among_its_figures_in_whatever_order_they_came(read: list[Figures]) -> None:
    found = medians(read)
    assert found == medians(reversed(read))
    assert found.posts == len(read)
    for name in ("likes", "reposts", "replies", "views"):
        told = [value for one in read if (value := getattr(one, name)) is not None]
        value = getattr(found, name)
        if not told:
            assert value is None
            continue
        assert min(told) <= value <= max(told)
        assert 2 * sum(v <= value for v in told) >= len(told) <= 2 * sum(v >= value for v in told)


@given(st.timedeltas(timedelta(0), timedelta(days=30)))
def test_the_age_that_a_post_has_reached_is_the_greatest_that_is_due(old: timedelta) -> None:
    age = reached(old)
    due = [a for a in Age if due_at(START - old, a) <= START]
    assert age == (max(due, key=AGES.__getitem__) if due else None)
