"""Notify: what a person must know tonight, on their own phone or in their mail."""

from occupier.notify.messenger import PHONED, Messenger, Send
from occupier.notify.services import Delivery, deliver

__all__ = ["PHONED", "Delivery", "Messenger", "Send", "deliver"]
