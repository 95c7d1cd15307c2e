"""Broken on purpose: rules about the usual tool are taken out of a copy of the code, one by one, and tests must notice.

    python -m tests.campaigns.broken

Each break names the tests that are to fail. A rule that is written in another way by now has to be broken anew here.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.campaigns.world import ROOT

GUARD, EDIT = "tests/services/lane/test_guarding.py", "tests/services/lane/test_editing.py"
FEED, ORDERS = "tests/services/kiosk/test_strike_feed.py", "tests/services/kiosk/test_handing_interleavings.py"
HEAR, MASTODON = "tests/services/review/test_overhearing.py", "tests/platforms/test_editing.py"


@dataclass(frozen=True)
class Break:
    """One rule less: `old` stands once in `path`, and is replaced by `new`; `tests` are to notice."""

    name: str
    path: str
    old: str
    new: str
    tests: Sequence[str]


BREAKS = (
    Break("entries handed up to the end, whatever the tool's interval", "occupier/domain/setup.py",
          "return self.tool_interval + (WRITING if self.is_written else usual)", "return usual", (FEED, ORDERS)),
    Break("what was withheld appears once the strike is over", "occupier/domain/handing.py",
          "        return words_of(placed.payload)\n    return WITHHELD",
          "        return words_of(placed.payload)\n    return WITHHELD if placed.is_new_to_somebody else None",
          (FEED, ORDERS)),
    Break("a first reading sees the strike", "occupier/services/kiosk/offering.py",
          "        return stand.edition(frozenset())\n\n    def _hand",
          "        return stand.edition(self._new(stand.rack, self._clock.now()))\n\n    def _hand", (FEED, ORDERS)),
    Break("a pause holds nothing back that was handed", "occupier/services/kiosk/racks.py",
          "        if self.paused_since is not None:", "        if False:", (FEED, ORDERS)),
    Break("a link with trackers is another article's", "occupier/domain/article.py",
          "if not _TRACKERS.match(k)]", "]", (GUARD, EDIT)),
    Break("the account is not read before a post", "occupier/services/lane/guarding.py",
          "        if action.verb is not Verb.PUBLISH or action.strike_id is None or able.without_call:",
          "        if True:", (GUARD,)),
    Break("a reading serves whatever comes later", "occupier/services/lane/guarding.py",
          "return view if 0 <= self._clock.monotonic() - view.at < lasts else None", "return view", (GUARD,)),
    Break("a reading that was cut short says that nothing is there", "occupier/services/lane/guarding.py",
          "            if view.read.complete:\n                tx.runtime",
          "            if True:\n                tx.runtime", (GUARD,)),
    Break("an edit drops the media", "occupier/domain/snapshot.py",
          "            options[MEDIA] = media_text(self.media)", "            pass", (EDIT, MASTODON)),
    Break("what somebody changed since is put back all the same", "occupier/services/lane/editing.py",
          "        if found is not None and _is_done(edit, found):\n            return found",
          "        if found is not None:\n            return found", (EDIT,)),
    Break("an edit is not written down before it is made", "occupier/services/lane/editing.py",
          "                tx.actions.take_over(action, found.id, found, frozen)", "                pass", (EDIT,)),
    Break("one reading is enough to edit again", "occupier/domain/settling.py",
          "return len(counted) >= 2 and", "return len(counted) >= 1 or", ("tests/domain/test_settling.py", EDIT)),
    Break("posts of colleagues are edited too", "occupier/domain/decision.py",
          "by_usual = post.application is None or", "by_usual = True or", (EDIT,)),
    Break("a reading that failed counts as one", "occupier/services/review/overhearing.py",
          "        if read.complete:\n            self._heard_until",
          "        if True:\n            self._heard_until", (HEAR,)),
)  # fmt: skip


@dataclass(frozen=True)
class Noticed:
    """What came of one break: whether the rule was found, and the first test that failed."""

    name: str
    is_applied: bool
    by: str | None = None

    @property
    def said(self) -> str:
        """The line of the table."""
        if not self.is_applied:
            return f"{self.name}: written otherwise by now, to be broken anew"
        return f"{self.name}: {self.by or 'not noticed'}"


def campaign(breaks: Sequence[Break] = BREAKS) -> list[Noticed]:
    """Break one rule after the other in one copy of the code; return what was noticed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ("occupier", "tests", "migrations", "pyproject.toml"):
            _copy(ROOT / part, copy / part)
        return [_try(copy, one) for one in breaks]


def is_as_expected(one: Break) -> bool:
    """Say whether the rule is written as it was when it was broken first."""
    return (ROOT / one.path).read_text().count(one.old) == 1


def _copy(part: Path, there: Path) -> None:
    if part.is_dir():
        shutil.copytree(part, there, ignore=shutil.ignore_patterns("__pycache__"))
    elif part.exists():
        shutil.copyfile(part, there)


def _try(copy: Path, one: Break) -> Noticed:
    path = copy / one.path
    whole = path.read_text()
    if whole.count(one.old) != 1:
        return Noticed(one.name, is_applied=False)
    path.write_text(whole.replace(one.old, one.new))
    try:
        return Noticed(one.name, is_applied=True, by=_first_failure(copy, one.tests))
    finally:
        path.write_text(whole)


def _first_failure(copy: Path, tests: Sequence[str]) -> str | None:
    # without what was compiled: two versions of one second and one size look alike
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", "--no-header",
               "-m", "not campaign", "--tb=no", "-rf", *tests]  # fmt: skip
    ran = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=300, check=False)
    if ran.returncode > 1:
        raise RuntimeError(f"The tests do not run: {ran.stdout[-2000:]}")
    failed = (line for line in ran.stdout.splitlines() if line.startswith("FAILED"))
    return next((line.split(" - ")[0] for line in failed), None)


def main() -> int:
    """Run it and print what was noticed; 1 if a break was not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.parse_args()
    noticed = campaign()
    print("\n".join(one.said for one in noticed))
    return 0 if all(one.by for one in noticed) else 1


if __name__ == "__main__":
    sys.exit(main())
