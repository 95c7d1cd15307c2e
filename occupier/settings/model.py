"""The settings, as the rest of the program receives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from occupier.domain.errors import OccupierError, Sentence, UnknownName
from occupier.domain.setup import Setup
from occupier.settings.accounts import Connection
from occupier.settings.nearest import nearest
from occupier.settings.old_texts import NAME
from occupier.settings.secrets import SecretRef, SecretSource, open_to_others


@dataclass(frozen=True)
class Settings:
    """One reading of the settings, whole. `path` is None where there is no file; secrets are not read yet."""

    path: Path | None
    setup: Setup
    database: Path
    connections: Mapping[str, Connection]
    source: SecretSource = field(repr=False, compare=False)
    notify: tuple[SecretRef, ...] = ()

    @property
    def old_texts(self) -> Path:
        """The file in which the usual tool's old text is kept: beside the settings."""
        return (self.path or self.database).with_name(NAME)

    def notify_addresses(self) -> list[str]:
        """Read the addresses that messages go to: they hold tokens; raises SettingsError as `secrets` does."""
        return [self.source.resolve(ref) for ref in self.notify]

    def secrets(self, account_name: str) -> Mapping[str, str]:
        """Read the secrets of one account, by the keys of the settings (`access_token`).

        Raises:
            UnknownName: there is no such account.
            SettingsError: which setting, and which variable or file is missing, empty or unreadable.
        """
        refs = self.connection(account_name).secrets
        return {key: self.source.resolve(ref) for key, ref in refs.items()}

    def missing(self, account_name: str) -> tuple[OccupierError, ...]:
        """Return why secrets of an account cannot be read, each of them; none where all can."""
        return self._unreadable(self.connection(account_name).secrets.values())

    def notify_missing(self) -> tuple[OccupierError, ...]:
        """Return why addresses for notifications cannot be read, each of them."""
        return self._unreadable(self.notify)

    def _unreadable(self, refs: Iterable[SecretRef]) -> tuple[OccupierError, ...]:
        errors: list[OccupierError] = []
        for ref in refs:
            try:
                self.source.resolve(ref)
            except OccupierError as error:
                errors.append(error)
        return tuple(errors)

    def notes(self, account_name: str) -> tuple[Sentence, ...]:
        """Return warnings on files of secrets that other users of the machine can read."""
        refs = self.connection(account_name).secrets.values()
        return tuple(note for note in map(open_to_others, refs) if note)

    def connection(self, account_name: str) -> Connection:
        """Return how one account is reached. Raises UnknownName."""
        if account_name in self.connections:
            return self.connections[account_name]
        near = nearest(account_name, self.connections)
        if near:
            raise UnknownName(
                "There is no account “{name}”; did you mean “{nearest}”?", name=account_name, nearest=near
            )
        raise UnknownName("There is no account “{name}” in the settings.", name=account_name)
