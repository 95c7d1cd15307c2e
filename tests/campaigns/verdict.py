"""The verdict on a strike beside the usual tools: what stands, what the readers saw, and whether the log says so."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from occupier.domain.action import Action, State
from occupier.domain.ports import LogQuery, Transaction
from tests.campaigns.company import DELETE, FEEDS, OURS, POSTING, TAKEOVER, WEB, Company, Reader, Usual

KEPT = ("text", "spoiler", "sensitive", "visibility", "language")
"""What a post that was put back must have to the letter, besides its media."""


@dataclass
class Found:
    """What the campaign found. `beside`: posted though the usual post stood before the reading; `unread`: without one.

    `unavoidable`: the usual post appeared after the reading. `as_usual`: a feed announced what it was to withhold.
    """

    runs: int = 0
    kills: int = 0
    reached: int = 0
    concerned: int = 0
    published: int = 0
    edited: int = 0
    replaced: int = 0
    restored: int = 0
    lost_media: int = 0
    not_put_back: int = 0
    left_to_usual: int = 0
    handed: int = 0
    missed: int = 0
    for_a_person: int = 0
    meddled: int = 0
    unavoidable: int = 0
    unheard: int = 0
    twice: int = 0
    neither: int = 0
    beside: int = 0
    unread: int = 0
    untold: int = 0
    lost: int = 0
    disagree: int = 0
    wrongly_sent: int = 0
    wrongly_edited: int = 0
    unlogged: int = 0
    not_restored: int = 0
    as_usual: int = 0
    changed: int = 0
    torn: int = 0
    crashed: int = 0
    seconds: float = 0
    late: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    ended_at: datetime = datetime.max.replace(tzinfo=UTC)
    wrong: list[str] = field(default_factory=list)

    def accuse(self, name: str, *about: object) -> None:
        """Count a fault, and keep what it was about."""
        setattr(self, name, getattr(self, name) + 1)
        self.wrong.append(f"{name}: {' '.join(map(str, about))}")

    @property
    def clean(self) -> bool:
        """Whether no fault was found."""
        return not self.wrong

    def table(self, title: str) -> str:
        """Return the table that every campaign prints, and each fault."""
        figures = {name: value for name, value in vars(self).items() if isinstance(value, int | float)}
        rows = [f"{name.replace('_', ' '):>16}  {value:g}" for name, value in figures.items()]
        return "\n".join([title, *rows, *self.wrong])


@dataclass
class Evidence:
    """What stands on the networks, the usual tools' posts when they were new, and since when was read for each call.

    `ids` are each account's platform and id, empty where the platform has one account. `said` are the calls: account,
    link, `read` (since when the account has been read for it, None without a reading) and `at`, in ISO 8601.
    """

    posts: Sequence[Mapping[str, Any]]
    usual: Sequence[Usual]
    said: Sequence[Mapping[str, Any]]
    ids: Mapping[str, tuple[str, str]]
    readers: Mapping[str, Reader] = field(default_factory=dict)
    is_patient: bool = True
    """Whether nothing may be given up: the networks never failed."""
    drops_media: bool = False
    """Whether the networks dropped media that were sent to them again."""
    heard_once: frozenset[str] = frozenset()
    """The accounts of which each post is read once, since it costs: an old copy hides one from who listens."""
    refused: frozenset[str] = frozenset()
    """The posts of which the log says that the network refused to have them put back."""


def judge(world: Company, links: list[str], found: Found) -> Found:
    """Compare what stands with what was to come of each article on each account."""
    house = world.house()
    evidence = Evidence(world.networks.posts(), world.usual, world.said(), world.ids, world.readers)
    with house.store.reading() as tx:
        trial = Trial(evidence, found, set(links), tx)
        for name in POSTING:
            for link in links:
                trial.judge(name, link)
            trial.judge_rest(name)
        for name in FEEDS:
            trial.judge_feed(name)
    house.store.close()
    return found


class Trial:
    """The witnesses, and one judgement after the other."""

    def __init__(self, evidence: Evidence, found: Found, links: set[str], tx: Transaction) -> None:
        self._evidence, self._found, self._links = evidence, found, links
        records = [r for r in tx.register.records(LogQuery(everything=True)) if r["kind"] == "strike"]
        self._actions = {(str(r["account"]), str(r["article_url"])): tx.actions.get(int(str(r["id"]))) for r in records}
        self._told = {str(e.data["remote_id"]) for e in tx.events.since(0) if e.kind == "announced_elsewhere"}
        self._strikes = tx.strikes.all()
        self._posts = {(p["platform"], p["id"]): p for p in evidence.posts}
        self._usual: dict[tuple[str, str], list[Usual]] = defaultdict(list)
        for usual in evidence.usual:
            self._usual[usual.account, usual.link].append(usual)
        self._read = defaultdict(list)
        for said in evidence.said:
            self._read[said["account"], said["link"]].append(said)

    # --- accounts -----------------------------------------------------------------------------------------------------

    def judge(self, name: str, link: str) -> None:
        """Judge one article on one account."""
        found, action, usual = self._found, self._actions.get((name, link)), self._usual[name, link]
        ours, back = self._ours(name, link)
        edited = [u for u in usual if self._edits(u)]
        removed = [u for u in usual if name == DELETE and self._now(u)["deleted"] and not u.meddled]
        found.replaced += bool(removed)
        found.concerned += 1
        found.meddled += any(u.meddled for u in usual)
        found.published += len(ours) == 1
        if len(ours) + len(edited) + len(back) > 1:
            found.accuse("twice", name, link)
        if removed and not (ours or back):
            found.accuse("neither", name, link)
        for post in ours:
            self._judge_beside(name, link, post, [u for u in usual if u not in removed], was_read=bool(removed))
        for one in edited:
            self._judge_edit(one, action)
        for one in usual:
            if not one.meddled and one not in edited and one not in removed and self._must_be_told(one):
                if name in self._evidence.heard_once:
                    found.unheard += 1
                else:
                    found.accuse("untold", name, link)
        if action is None:
            found.accuse("lost", name, link)
        else:
            self._judge_state(name, link, action, ours, usual, edited)

    def _must_be_told(self, usual: Usual) -> bool:
        at = datetime.fromisoformat(usual.post["created_at"])
        slipped = any(strike.acts_from <= at < strike.ended_at for strike in self._strikes)
        return slipped and usual.post["id"] not in self._told

    def _ours(self, name: str, link: str) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
        """Return the posts that say the strike, and those that say again what was deleted."""
        usual = {u.post["id"] for u in self._usual[name, link]}
        made = [p for p in self._of(name) if p["id"] not in usual and not p["deleted"] and _leads_to(p, link)]
        return [p for p in made if "grève" in p["text"]], [p for p in made if "grève" not in p["text"]]

    def _of(self, name: str) -> list[Mapping[str, Any]]:
        platform, of = self._evidence.ids[name]
        return [p for p in self._posts.values() if p["platform"] == platform and of in ("", p["account"])]

    def _now(self, usual: Usual) -> Mapping[str, Any]:
        return self._posts[usual.post["platform"], usual.post["id"]]

    def _edits(self, usual: Usual) -> list[Mapping[str, Any]]:
        return [edit for edit in self._now(usual)["edits"] if edit["application"] == OURS]

    def _judge_beside(
        self, name: str, link: str, post: Mapping[str, Any], usual: Iterable[Usual], *, was_read: bool
    ) -> None:
        at = datetime.fromisoformat(post["created_at"])
        calls = [s for s in self._read[name, link] if datetime.fromisoformat(s["at"]) <= at]
        if not calls or not calls[-1]["read"]:
            if not was_read:  # what follows a deletion rests on the reading before that
                self._found.accuse("unread", name, link)
            return
        since = datetime.fromisoformat(calls[-1]["read"])
        for one in usual:
            if one.meddled:
                continue
            if datetime.fromisoformat(one.post["created_at"]) < since:
                self._found.accuse("beside", name, link, since, one.post["created_at"])
            else:
                self._found.unavoidable += 1

    def _judge_edit(self, usual: Usual, action: Action | None) -> None:
        found, now = self._found, self._now(usual)
        found.edited += 1
        if usual.by == WEB or usual.link not in self._links:
            found.accuse("wrongly_edited", usual.account, usual.link)
        if action is None or action.remote_id != usual.post["id"] or not self._is_written_down(usual, action):
            found.accuse("unlogged", usual.account, usual.link)
        if usual.meddled:
            return
        media = [(m["id"], m["description"] or None) for m in now["media"]]
        was = [(m["id"], m["description"] or None) for m in usual.post["media"]]
        if len(media) < len(was) and self._evidence.drops_media:
            found.lost_media += 1
        elif usual.post["id"] in self._evidence.refused:
            found.not_put_back += 1
        elif media != was or any(now[name] != usual.post[name] for name in KEPT):
            found.accuse("not_restored", usual.account, usual.link, now["text"])
        else:
            found.restored += 1

    def _is_written_down(self, usual: Usual, action: Action) -> bool:
        before = json.loads(action.before or "{}")
        media = [(m["id"], m["description"] or None) for m in usual.post["media"]]
        same = before.get("spoiler") == usual.post["spoiler"]
        same &= [(m["id"], m["description"] or None) for m in before.get("media", ())] == media
        return usual.meddled or (same and before.get("text") == usual.post["text"])

    def _judge_state(
        self, name: str, link: str, action: Action, ours: list[Mapping[str, Any]], usual: list[Usual],
        edited: list[Usual],
    ) -> None:  # fmt: skip
        found, about = self._found, (name, action.id, action.state, action.reason)
        match action.state, action.reason:
            case State.SENT, _:
                there = {p["id"] for p in ours} | {u.post["id"] for u in edited}
                if action.remote_id not in there:
                    found.accuse("disagree", *about)
            case ((State.HELD | State.LEFT), "usual_out"):
                found.left_to_usual += 1
                if ours or edited or not usual:
                    found.accuse("disagree", *about)
            case State.LEFT, ("edited" | "gone"):
                if not any(u.meddled for u in usual):
                    found.accuse("disagree", *about)
            case ((State.MISSED | State.LEFT | State.FAILED | State.REFUSED), _):
                if ours or edited:
                    found.accuse("disagree", *about)
                self._judge_missed(name, link, usual, about)
            case ((State.HELD | State.UNCERTAIN), _):
                found.for_a_person += 1
            case _:
                found.accuse("lost", *about)

    def _judge_missed(self, name: str, link: str, usual: list[Usual], about: tuple[object, ...]) -> None:
        """Judge what was given up: until the end it waited for a person, for the usual post, or came too late."""
        found, is_late = self._found, link in self._found.late
        found.left_to_usual += bool(usual)
        found.missed += not usual
        if self._evidence.is_patient and not (usual or is_late or name == TAKEOVER):
            found.accuse("lost", *about)

    def judge_rest(self, name: str) -> None:
        """Judge what stands on an account and is about nothing that the strike concerns, or came after its end."""
        known = {u.post["id"] for u in self._evidence.usual}
        for post in self._of(name):
            if post["id"] in known:
                continue
            # what was deleted is given back after the end too
            says_strike = "grève" in post["text"]
            late = says_strike and datetime.fromisoformat(post["created_at"]) >= self._found.ended_at
            if late or not any(_leads_to(post, link) for link in self._links):
                self._found.accuse("wrongly_sent", name, post["text"])
        for usual in self._evidence.usual:
            if usual.account == name and usual.link not in self._links and self._edits(usual):
                self._found.accuse("wrongly_edited", name, usual.link)

    # --- feeds --------------------------------------------------------------------------------------------------------

    def judge_feed(self, name: str) -> None:
        """Judge what the reader of a strike feed saw."""
        found, reader = self._found, self._evidence.readers[name]
        for kind, count in (("changed", reader.changed), ("torn", reader.torn)):
            if count:
                found.accuse(kind, name, count)
        for link in self._links:
            found.concerned += 1
            self._judge_entry(name, link, reader.seen.get(link))
        for link in found.after:
            if "grève".encode() in reader.seen.get(link, "grève".encode()):
                found.accuse("lost", name, link)

    def _judge_entry(self, name: str, link: str, item: bytes | None) -> None:
        found, action = self._found, self._actions.get((name, link))
        if item is not None and "grève".encode() not in item:
            found.accuse("as_usual", name, link)
        if action is None:
            found.accuse("lost", name, link)
        elif action.state is State.HANDED:
            found.handed += 1
            # what was noted as read, and was lost on its way, is there at the next reading
            if item is None or action.read_at is None:
                found.accuse("disagree", name, link, action.state, "seen" if item else "not seen", action.read_at)
        elif action.state is State.MISSED:
            found.missed += 1
            if item is not None:
                found.accuse("disagree", name, link, action.state, action.reason)
        elif action.state in (State.HELD, State.UNCERTAIN):
            found.for_a_person += 1
        else:
            found.accuse("lost", name, link, action.state, action.reason)


def _leads_to(post: Mapping[str, Any], link: str) -> bool:
    return link in {found.partition("?")[0] for found in post["links"]}
