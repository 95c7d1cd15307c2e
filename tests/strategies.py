"""Values for Hypothesis: what feeds, clocks and people really bring, and what they might."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

ZONES = (
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Africa/Casablanca",  # summer time all year but for Ramadan
    "America/St_Johns",
    "Pacific/Apia",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "UTC",
)
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def zones() -> st.SearchStrategy[ZoneInfo]:
    """Zones with whole, half and no summer time, on both hemispheres."""
    return st.sampled_from(ZONES).map(ZoneInfo)


def instants() -> st.SearchStrategy[datetime]:
    """Instants in UTC, of the years in which strikes are declared."""
    return st.datetimes(datetime(2019, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


def _changes(zone: ZoneInfo, year: int) -> list[datetime]:
    hours = (datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(366 * 24))
    found, before = [], None
    for at in hours:
        offset = at.astimezone(zone).utcoffset()
        if before is not None and offset != before:
            found.append(at)
        before = offset
    return found


CHANGES = {name: _changes(ZoneInfo(name), 2027) for name in ZONES}


@st.composite
def local_times(draw: st.DrawFn) -> tuple[datetime, ZoneInfo]:
    """A wall-clock time, to the minute, and its zone: often within two hours of a change of the clocks."""
    name = draw(st.sampled_from(ZONES))
    zone = ZoneInfo(name)
    near: datetime = draw(st.sampled_from(CHANGES[name]) | instants() if CHANGES[name] else instants())
    local = near.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0, fold=0)
    return local + timedelta(minutes=draw(st.integers(-150, 150))), zone


@st.composite
def intervals(draw: st.DrawFn) -> tuple[datetime, datetime]:
    """A start and a later end, on a coarse grid so that borders meet."""
    start = draw(st.integers(0, 40))
    return EPOCH + timedelta(hours=start), EPOCH + timedelta(hours=start + draw(st.integers(1, 20)))


TLDS = ("fr", "com", "org", "es", "co.uk", "みんな", "भारत", "рф", "xn--p1ai", "москва", "ｆｒ")
EMOJI = ("👩🏽‍🚀", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🏴‍☠️", "❤️‍🔥", "🙂‍↔️", "1️⃣", "🇫🇷", "👁️‍🗨️")
WORDS = (
    "grève",
    "L’Équipe",
    "journaliste",
    "salarié·es",
    "5G",
    "हिंदी",
    "नमस्ते",
    "می‌خواهم",
    "日本語",
    "ﬁn",
    "Éric",
    "Œuvre",
)
SIGNS = (
    " ", " ", "\u00a0", "\n", "\t", ".", "。", "．", "｡", "/", "//", ":", "://", "?", "#", "@", "＠", "-", "_",
    "(", ")", "[", "]", "«", "»", "’", "…", ",", ";", "!", "%", "&", "\u0300", "\u034f", "\ufe0f", "\u200d", "\u200c",
    "\u200b", "\u202e", "\u2066", "\ufeff", "\x00", "\x1b", "\x85", "\u2028", "\ud800", "\ue000", "\u0378", "\u212a",
)  # fmt: skip
HOSTILE = (
    "lemonde.fr", "www.lemonde.fr/a", "https://evil.example.com/x?y#z", "HTTP://Evil.com", "éhttps://evil.com",
    "@bob", "＠bob", "@bob@mastodon.social", "@[123456:274:Page]", "bob@lemonde.fr", "salarié.es", "t.co/abc",
    "magnet:?xt=urn:btih:abc", "ftp://x.org", "हि.com", "a\u034f.fr", "é\u200d。fr", "le\u200bmonde.fr",
    "mailto:a@b.fr", "xmpp:bob@lemonde.fr", "#grève", "1.2.3.4", "a.भारत", "\u0300.fr", "-.fr", "evil｡com",
)  # fmt: skip


def titles() -> st.SearchStrategy[str]:
    """Titles as feeds have them and as an enemy would write them."""
    piece = st.one_of(
        st.sampled_from(WORDS + EMOJI),
        st.sampled_from(SIGNS),
        st.sampled_from(TLDS).map(lambda tld: f".{tld}"),
        st.sampled_from(HOSTILE),
        st.text(max_size=4),
    )
    return st.lists(piece, max_size=12).map("".join)


def plain_titles() -> st.SearchStrategy[str]:
    """Titles of honest words, with emoji."""
    return st.lists(st.sampled_from(WORDS + EMOJI), min_size=1, max_size=12).map(" ".join)


_PATH_PIECES = (
    "a", "Z", "9", "é", "e\u0301", "日本", "/", "//", "/../", "%20", "%C3%A9", "%c3%a9", "%", "%zz", " ", "(", ")",
    "[", "]", "'", '"', "*", "!", "$", "&", "+", ",", ";", "=", ":", "@", "~", "-", ".", "_", "|", "<", ">", "«",
    "’", "\\", "^",
)  # fmt: skip
HOSTS = (
    "lemonde.fr",
    "www.LeMonde.fr",
    "été.example.fr",
    "faß.de",
    "xn--t-cia.fr",
    "日本語.jp",
    "a-b.co.uk",
    "www．x．org",
)


@st.composite
def links(draw: st.DrawFn) -> str:
    """An http(s) address that a feed may bring, with a host that exists."""

    def some(lead: str, extra: tuple[str, ...] = ()) -> str:
        pieces = draw(st.lists(st.sampled_from(_PATH_PIECES + extra), max_size=8))
        return lead + "".join(pieces) if pieces else ""

    scheme = draw(st.sampled_from(("http", "https", "HTTPS")))
    port = draw(st.sampled_from(("", "", ":80", ":443", ":8443")))
    host = draw(st.sampled_from(HOSTS))
    return f"{scheme}://{host}{port}{some('/')}{some('?', ('?', 'utm_source=x&', '%E9'))}{some('#', ('?', '/'))}"


def budgets() -> st.SearchStrategy[int]:
    """Lengths of a text, in the units of a network."""
    return st.integers(0, 60)
