from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from occupier.wire.answers import not_before
from occupier.wire.dates import http_date

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_date_of_the_protocol_is_read() -> None:
    assert http_date("Fri, 20 Nov 2026 12:00:00 GMT") == NOW


@pytest.mark.parametrize("date", ["Fri, 31 Dec 9999 23:59:59 -2359", "Fri, 31 Dec 9999 23:59:59 GMT", "", "0", None])
def test_a_date_that_is_absurd_is_none(date: str | None) -> None:
    assert http_date(date) is None


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 10**12), st.sampled_from(["+0000", "-2359", "+2359"]))
def test_no_date_and_no_wait_of_a_server_breaks_the_reckoning(date: datetime, wait: int, zone: str) -> None:
    said = f"{date:%a, %d %b} {date.year:04} {date:%H:%M:%S} {zone}"
    found = not_before({"date": said, "retry-after": str(wait)}, NOW)
    assert found is None or NOW < found <= NOW + timedelta(days=7)
