"""`notify test`: one message to every address, and what became of it."""

from __future__ import annotations

from occupier.bootstrap import prepare_process
from occupier.cli.session import Session
from occupier.cli.spoken import command
from occupier.domain.errors import Sentence, SettingsError
from occupier.notify import Delivery, deliver
from occupier.speech import gettext as _


@command(Sentence("Send a test message to every address under notify in the settings, and say which of them took it."))
def test(session: Session) -> int:
    """Send it; 1 unless every address took it."""
    prepare_process()
    addresses = session.settings.notify_addresses()
    if not addresses:
        raise SettingsError(
            "notify: the settings name no address, so nobody is sent anything. Write {form} at their top, and put the"
            " address in the environment variable NOTIFY: for example ntfys://ntfy.sh/a-name-that-nobody-guesses, which"
            " the app ntfy shows on a phone. Other services: https://github.com/caronc/apprise/wiki",
            form='notify = [{ env = "NOTIFY" }]',
        )
    session.tell(_("Sending a test message…"))
    deliveries = deliver(addresses, "occupier", _("This is a test: messages of occupier arrive here."))
    for delivery in deliveries:
        session.say(_words(delivery))
    return 0 if all(delivery.taken for delivery in deliveries) else 1


def _words(delivery: Delivery) -> str:
    if not delivery.known:
        text = _("The address number {place} is none that Apprise knows: see https://github.com/caronc/apprise/wiki.")
    elif delivery.taken:
        text = _("The address number {place} ({service}) took the message: look whether it has arrived.")
    else:
        text = _("The address number {place} ({service}) did not take the message: look at its token and its line.")
    return text.format(place=delivery.place, service=delivery.service)
