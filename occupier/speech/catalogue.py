"""Keep the French catalogues: `python -m occupier.speech.catalogue update|compile|check`. For developers.

`occupier.po` has our messages; `click.po` those that the command line library says by itself. What is written is the
same on every machine and every day: no date, no name, no line number.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from occupier.speech.extraction import Found, find_messages
from occupier.speech.languages import LOCALE

DOMAINS = ("occupier", "click")
_PACKAGE = Path(__file__).parents[1]
FOLDER = Path(LOCALE) / "fr" / "LC_MESSAGES"
_HEADERS = [
    ("Language", "fr"),
    ("Plural-Forms", "nplurals=2; plural=(n > 1);"),
    ("MIME-Version", "1.0"),
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Transfer-Encoding", "8bit"),
]
_COMMENTS = {
    "occupier": "# What occupier says, in French. Brought up to date by `make catalogues`.",
    "click": "# What the command line library says by itself, in French. Brought up to date by `make catalogues`.",
}


class _Catalogue(Catalog):
    mime_headers = property(lambda self: _HEADERS)  # Babel's own carry dates and the name of a translator


def update(folder: Path = FOLDER) -> None:
    """Bring the messages of the code into the .po files; new ones come untranslated, those gone go."""
    for domain in DOMAINS:
        kept, fresh = _read(folder / domain), _Catalogue(locale="fr", fuzzy=False)
        for wanted in extracted(domain):
            known = kept.get(wanted)
            # a message that had a plural and has none any more is another message
            is_same = known and not known.fuzzy and isinstance(wanted, tuple) is isinstance(known.string, tuple)
            fresh.add(wanted, known.string if known and is_same else "")
        _write(folder / domain, fresh)


def compile_all(folder: Path = FOLDER) -> None:
    """Compile every .po into its .mo."""
    for domain in DOMAINS:
        (folder / f"{domain}.mo").write_bytes(_compiled(folder / domain))


def check(folder: Path = FOLDER) -> list[str]:
    """Return what is wrong with the catalogues, for developers; nothing when they are complete and compiled."""
    lost = [f"{place}: this message cannot be followed to where it is written" for place in _messages_of_ours().lost]
    return lost + [f"{domain}: {problem}" for domain in DOMAINS for problem in _problems(folder / domain)]


def extracted(domain: str) -> list[str | tuple[str, str]]:
    """Return the messages in the code, ours or click's, in alphabetical order; a plural is a pair."""
    messages = _messages_of_ours().messages if domain == "occupier" else _messages_of_library(domain)
    return sorted(messages, key=str)


@cache  # a few thousand lines to read, asked for several times a run
def _messages_of_ours() -> Found:
    return find_messages(_PACKAGE)


@cache
def _messages_of_library(name: str) -> set[str | tuple[str, str]]:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(name)
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2)}
    found = extract_from_dir(Path(spec.origin).parent, [("**.py", "python")], keywords=keywords)
    return {message if isinstance(message, str) else (message[0], message[1]) for _, _, message, _, _ in found}


def _problems(base: Path) -> Iterator[str]:
    catalog, wanted = _read(base), set(extracted(base.name))
    written = {m.id: m for m in catalog if m.id}
    yield from (f"not in the catalogue: {id!r}" for id in wanted - written.keys())
    yield from (f"no longer in the code: {id!r}" for id in written.keys() - wanted)
    for message in written.values():
        if message.fuzzy:
            yield f"fuzzy: {message.id!r}"
        elif not all(_texts(message.string)):
            yield f"not translated: {message.id!r}"
        elif not _same_fields(message):
            yield f"other fields than the original: {message.id!r}"
    compiled = base.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != _compiled(base):
        yield "the .mo is not what the .po compiles to"


def _same_fields(message: Message) -> bool:
    """Say whether the translation has every field of the original; in the singular, a number may be a word."""
    original = [fields_of(text) for text in _texts(message.id)]
    return all(fields_of(text) in original for text in _texts(message.string))


def fields_of(text: str) -> frozenset[str]:
    """Return the `{fields}` of a message, with their conversions, and its `%(names)s`."""
    named = {part for part in text.split() if "%(" in part}
    return frozenset(f"{name}!{how or ''}:{spec}" for _, name, spec, how in Formatter().parse(text) if name) | {
        part[part.index("%(") : part.index(")s") + 2] for part in named
    }


def _texts(texts: object) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts) if isinstance(texts, tuple | list) else ()


def _read(base: Path) -> Catalog:
    path = base.with_suffix(".po")
    if not path.exists():
        return Catalog(locale="fr")
    with path.open("rb") as file:
        return read_po(file, locale="fr")


def _write(base: Path, catalog: Catalog) -> None:
    written = BytesIO()
    catalog.header_comment = _COMMENTS[base.name]
    write_po(written, catalog, width=110, no_location=True, sort_output=True)
    base.with_suffix(".po").write_bytes(written.getvalue())


def _compiled(base: Path) -> bytes:
    catalog = _Catalogue(locale="fr", fuzzy=False)
    for message in _read(base):
        if message.id and not message.fuzzy:
            catalog.add(message.id, message.string)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    return compiled.getvalue()


def main(arguments: list[str]) -> int:
    """Run one of update, compile and check; return the exit status."""
    match arguments:
        case ["update"]:
            update()
        case ["compile"]:
            compile_all()
        case ["check"]:
            problems = check()
            print(*problems, sep="\n" if problems else "", end="\n" if problems else "")
            return 1 if problems else 0
        case _:
            print("python -m occupier.speech.catalogue update|compile|check", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
