"""Rows into the domain's values."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import CursorResult, Row

from occupier.domain.action import Action, GoneBy, Payload, Proof, Purpose, State, Verb
from occupier.domain.article import Article
from occupier.domain.strike import LinkRule, Messages, Source, Strike


def new_id(result: CursorResult[Any]) -> int:
    """Return the id of the row just inserted."""
    key = result.inserted_primary_key
    assert key is not None  # every table inserted into has one
    return int(key[0])


def action_of(row: Row[Any]) -> Action:
    """Read an action."""
    m = row._mapping
    return Action(
        id=m["id"],
        target_id=m["target_id"],
        verb=Verb(m["verb"]),
        subject=m["subject"],
        slot=m["slot"],
        purpose=Purpose(m["purpose"]),
        state=State(m["state"]),
        due_at=m["due_at"],
        decided_at=m["decided_at"],
        reason=m["reason"],
        article_id=m["article_id"],
        strike_id=m["strike_id"],
        ordinary_text=m["ordinary_text"],
        payload=Payload.from_json(m["payload"]) if m["payload"] else None,
        pool_index=m["pool_index"],
        claim_token=m["claim_token"],
        claimed_at=m["claimed_at"],
        deadline=m["deadline"],
        attempts=m["attempts"],
        remote_id=m["remote_id"],
        remote_url=m["remote_url"],
        proof=Proof(m["proof"]) if m["proof"] else None,
        sent_at=m["sent_at"],
        before=m["before"],
        gone_at=m["gone_at"],
        gone_by=GoneBy(m["gone_by"]) if m["gone_by"] else None,
        handed_at=m["handed_at"],
        read_at=m["read_at"],
    )


def article_of(row: Row[Any], feeds: frozenset[int]) -> Article:
    """Read an article, seen in these feeds."""
    m = row._mapping
    return Article(
        id=m["id"],
        title=m["title"],
        link=m["link"],
        summary=m["summary"],
        categories=tuple(json.loads(m["categories"])),
        image=m["image"],
        published_at=m["published_at"],
        first_seen_at=m["first_seen_at"],
        counted_from=m["counted_from"],
        baseline=m["baseline"],
        feeds=feeds,
    )


def strike_of(row: Row[Any], scope: list[tuple[str, str]]) -> Strike:
    """Read a strike with its scope: pairs of kind and name."""
    m = row._mapping
    return Strike(
        id=m["id"],
        name=m["name"],
        source=Source(m["source"]),
        starts_at=m["starts_at"],
        ends_at=m["ends_at"],
        closed_at=m["closed_at"],
        declared_at=m["declared_at"],
        mandate=m["mandate"],
        who=m["who"],
        reason=m["reason"],
        url=m["url"],
        agreed=m["agreed"],
        link=LinkRule(m["link"]),
        messages=messages_of(m["messages"]),
        renews=m["renews"],
        first_start=m["first_start"],
        destroy_on=date.fromisoformat(m["destroy_on"]) if m["destroy_on"] else None,
        destroyed_at=m["destroyed_at"],
        accounts=frozenset(ref for kind, ref in scope if kind == "target"),
        feeds=frozenset(ref for kind, ref in scope if kind == "feed"),
    )


def messages_of(text: str | None) -> Messages:
    """Read a strike's own messages."""
    if not text:
        return Messages()
    value = json.loads(text)
    return Messages(
        strike=tuple(value["strike"]),
        by_platform={k: tuple(v) for k, v in value["by_platform"].items()},
        by_account={k: tuple(v) for k, v in value["by_account"].items()},
    )


def messages_text(messages: Messages) -> str | None:
    """Write a strike's own messages; None if it has none."""
    if messages == Messages():
        return None
    value = {
        "strike": messages.strike,
        "by_platform": dict(messages.by_platform),
        "by_account": dict(messages.by_account),
    }
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
