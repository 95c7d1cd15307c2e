"""The settings: TOML, the environment and files of secrets, read whole or not at all."""

from occupier.settings.accounts import Connection
from occupier.settings.load import load, load_text, settings_path
from occupier.settings.model import Settings
from occupier.settings.secrets import SecretRef, SecretSource

__all__ = ["Connection", "SecretRef", "SecretSource", "Settings", "load", "load_text", "settings_path"]
