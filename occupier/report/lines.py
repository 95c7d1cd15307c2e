"""The lines of the log as substitutions to be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from occupier.domain.action import GIVEN, Purpose, State, Verb
from occupier.report.document import Substitution
from occupier.report.figures import brief_reason, short_day
from occupier.speech import WITH_REASON, network_name, state_words
from occupier.speech import gettext as _

_SHOWN = (Purpose.STRIKE, Purpose.ORDINARY)


def substitutions(records: Iterable[Mapping[str, Any]], zone: ZoneInfo) -> Iterator[Substitution]:
    """Yield the log's records, as they come, in words."""
    for record in records:
        if record["kind"] in _SHOWN:
            yield _line(record, zone)


def _line(record: Mapping[str, Any], zone: ZoneInfo) -> Substitution:
    at = datetime.fromisoformat(record["sent_at"] or record["handed_at"] or record["decided_at"])
    is_strike = record["kind"] == Purpose.STRIKE
    is_posted = record["state"] in GIVEN
    return Substitution(
        article=record["article_title"] or "–",
        url=record["article_url"],
        account=record["account"] or "–",
        network=network_name(record["platform"]),
        when=short_day(at, zone),
        state=_state(record, zone),
        usual=record["ordinary_text"],
        posted=record["strike_text"] if is_posted else None,
        post_url=record["post_url"] if is_posted else None,
        is_strike=is_strike,
    )


def _state(record: Mapping[str, Any], zone: ZoneInfo) -> str:
    state, reason, platform = record["state"], record["reason"], record["platform"]
    if state == State.SENT and record["kind"] == Purpose.ORDINARY and not record["gone_by"]:
        return _("posted as usual (rule)")
    verb, gone_by = Verb(record["verb"]), record["gone_by"]
    known = {"verb": verb, "gone_by": gone_by, "purpose": record["kind"], "replaced": record["replaced"]}
    words = state_words(state, zone=zone, platform=platform, reason=reason, **known)
    if state in WITH_REASON and reason:
        return _("{state}: {reason}").format(state=words, reason=brief_reason(reason, platform))
    return words
