"""What the single-file executable holds besides the modules that PyInstaller finds by reading imports.

Plain data: the specification reads it to build, and the tests hold it against what is installed.
"""

from __future__ import annotations

DATA_OF = ("apprise", "certifi", "fpdf", "grapheme", "occupier", "twitter_text", "tzdata")
"""Packages whose files are read when the program runs."""

CODE_AS_DATA = {
    "apprise": ("attachment/*.py", "config/*.py", "plugins/**/*.py"),
    "occupier": ("migrations/**/*.py",),
}
"""Modules that are looked for as files: Apprise lists folders to know its plugins, Alembic runs migrations from one."""

MODULES_OF = (
    "alembic.ddl",
    "apprise",
    "apscheduler.executors",
    "apscheduler.schedulers",
    "apscheduler.triggers",
    "keyring.backends",
    "markdown.extensions",
    "occupier",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.sql",
    "tzdata",
    "uvicorn.lifespan",
    "uvicorn.loops",
    "uvicorn.protocols.http",
)
"""Packages whose modules are imported by a name that is put together, or by files that are data here."""

METADATA_OF = ("apscheduler", "keyring", "markdown")
"""Distributions that are found, or find their plugins, through their entry points."""

DATA_NOT_READ = (
    "alembic",
    "fontTools",
    "jeepney",
    "keyring",
    "markdown_it",
    "markupsafe",
    "pkg_resources",
    "pycparser",
    "setuptools",
    "sqlalchemy",
    "urllib3",
)
"""Packages whose files are sources, templates for developers, or for what occupier does not ask of them.

Shared libraries are not meant: PyInstaller finds those by what links to them.
"""

EXCLUDED = (
    "IPython",
    "_pytest",
    "hatchling",
    "matplotlib",
    "numpy",
    "pip",
    "pytest",
    "tkinter",
    "uvloop",
    "watchfiles",
)
"""Modules that some library would take along if it were there."""

ENTRY_POINTS_NOT_READ = frozenset({"cffi", "fpdf2", "jinja2", "mako", "setuptools"})
"""Distributions whose plugins are for what occupier does not ask of them."""
