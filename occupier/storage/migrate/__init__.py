"""The database's own life: created, upgraded, copied, restored, checked."""

from occupier.storage.migrate.copies import copy, remove
from occupier.storage.migrate.replacing import replace_by
from occupier.storage.migrate.revisions import HEAD, Standing, alembic_config, require_current, revision, standing
from occupier.storage.migrate.running import create_if_missing, upgrade
from occupier.storage.migrate.soundness import check, require_sound

__all__ = [
    "HEAD",
    "Standing",
    "alembic_config",
    "check",
    "copy",
    "create_if_missing",
    "remove",
    "replace_by",
    "require_current",
    "require_sound",
    "revision",
    "standing",
    "upgrade",
]
