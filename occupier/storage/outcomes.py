"""How outcomes and changes stand in the columns of an attempt, and in the events that tell of them."""

from __future__ import annotations

from typing import Any

from occupier.domain.action import State
from occupier.domain.outcome import Handed, Outcome, Receipt, Refused, Retryable
from occupier.domain.ports import Change


def told_of_change(was: State, change: Change) -> dict[str, object]:
    """Return what the event of a change tells."""
    data: dict[str, object] = {"from": was.value, "to": change.state.value, "reason": change.reason}
    for name in ("due_at", "remote_id", "remote_url", "sent_at"):
        if getattr(change, name) is not None:
            data[name] = getattr(change, name)
    if change.payload is not None:
        frozen = change.payload
        data |= {"payload_hash": frozen.hash, "text": frozen.text, "link": frozen.link}
    if change.proof:
        data["proof"] = change.proof.value
    return data


def attempt_values(outcome: Outcome) -> dict[str, Any]:
    """Return the columns of an attempt that an outcome fills."""
    values: dict[str, Any] = {"outcome": _word(outcome)}
    if not isinstance(outcome, Receipt | Handed):
        values |= {"http_status": outcome.http_status, "excerpt": outcome.excerpt}
    if isinstance(outcome, Retryable):
        values["not_before"] = outcome.not_before
    return values


def _word(outcome: Outcome) -> str:
    """Return the stable word of an outcome: receipt, handed, retryable, refused:<kind>, uncertain or crashed."""
    if isinstance(outcome, Receipt):
        return "receipt"
    if isinstance(outcome, Handed):
        return "handed"
    if isinstance(outcome, Refused):
        return f"refused:{outcome.kind.value}"
    if isinstance(outcome, Retryable):
        return "retryable"
    # our own end in the middle of a call says nothing about the network: it is not counted against the lane
    return "crashed" if outcome.reason == "crashed" else "uncertain"
