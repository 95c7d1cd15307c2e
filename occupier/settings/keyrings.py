"""The system's keyring: macOS's Keychain, GNOME's or KDE's. Its library is imported when a secret is kept in it."""

from __future__ import annotations

from occupier.domain.errors import SettingsError

SERVICE = "occupier"
"""Under which all secrets stand, each with a name of its own."""


def has_keyring() -> bool:
    """Say whether this machine has a keyring that can be used now."""
    import keyring
    from keyring.backends import fail, null

    return not isinstance(keyring.get_keyring(), fail.Keyring | null.Keyring)


def from_keyring(name: str, path: str) -> str:
    """Return the secret of that name.

    Args:
        name: in the keyring, under the service `occupier`.
        path: the setting that names it.

    Raises:
        SettingsError: there is no keyring, it stays closed, or it has nothing of that name.
    """
    import keyring
    from keyring.errors import KeyringError

    _require(path)
    try:
        secret = keyring.get_password(SERVICE, name)
    except KeyringError:
        raise _closed(path) from None
    if secret and secret.strip():
        return secret.strip()
    # the name is not repeated: somebody may have pasted the secret in its place
    text = "{path}: the keyring has nothing under this name; put it there: {command}, or connect the account again."
    raise SettingsError(text, path=path, command=f"keyring set {SERVICE} …")


def into_keyring(name: str, secret: str, path: str) -> None:
    """Keep a secret under a name, in the place of the one before; raises SettingsError as `from_keyring` does."""
    import keyring
    from keyring.errors import KeyringError

    _require(path)
    try:
        keyring.set_password(SERVICE, name, secret)
    except KeyringError:
        raise _closed(path) from None


def _require(path: str) -> None:
    if not has_keyring():
        raise SettingsError(
            "{path}: this machine has no keyring that can be used here (a server often has none); keep the secret in a"
            ' file, {{ file = "secrets/…" }}.',
            path=path,
        )


def _closed(path: str) -> SettingsError:
    return SettingsError(
        "{path}: the keyring did not open; unlock it in this session, or keep the secret in a file,"
        ' {{ file = "secrets/…" }}.',
        path=path,
    )
