#!/usr/bin/env python3
"""Check the chain of occupier's log without occupier: python3 verify.py occupier.db [HEAD]. See log.md."""

import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

COLUMNS = "seq, at, kind, action_id, strike_id, target_id, data, prev_hash, hash"


def verify(rows: Iterable[tuple[Any, ...]], head: str | None = None) -> str | None:
    """Return what is wrong first, None where nothing is."""
    last, count, met, blank = "0" * 64, 0, head is None, dict[int, list[tuple[str, str]]]()
    for seq, at, kind, action, strike, target, data, prev, digest in rows:
        if (seq, prev) != (count + 1, last):
            return f"record {count + 1} is missing, or does not follow the one before it"
        if kind == "blank":  # destroyed: what it said is gone, a later record must answer for it
            blank.setdefault(json.loads(data)["strike"], []).append((f"{seq} {digest}\n", at))
        else:
            before = f'{{"action_id":{json.dumps(action)},"at":{json.dumps(at)},"data":{data},"kind":'
            after = f',"seq":{seq},"strike_id":{json.dumps(strike)},"target_id":{json.dumps(target)}}}'
            text = before + json.dumps(kind) + f',"prev_hash":"{prev}"' + after
            if hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest() != digest:
                return f"record {seq} was changed"
        if kind == "destroyed":
            gone, said = blank.pop(strike, []), json.loads(data)
            listed = hashlib.sha256("".join(line for line, _ in gone).encode()).hexdigest()
            if (listed, {when for _, when in gone} - {at}) != (said["digest"], set()):
                return f"record {seq} does not answer for the blank records of “{said['strike']}”"
        last, count, met = digest, seq, met or digest == head
    if blank or not met:
        return "blank records for which none answers" if blank else "the head that you noted is not in it"
    return None


def main(path: str, *head: str) -> str | None:
    """Print what was found in a file; return what is wrong, or None. A file that is none is wrong too."""
    try:
        with closing(sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)) as db:
            db.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            wrong = verify(db.execute(f"SELECT {COLUMNS} FROM events ORDER BY seq"), *head)
            end = db.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    except sqlite3.Error as error:
        return f"{path} cannot be read as a log of occupier: {error}"
    return wrong or print("whole; records and head:", *(end or (0, "-")))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("python3 verify.py occupier.db [HEAD]")
    sys.exit(main(*sys.argv[1:]))
