"""Why an action stands where it stands: the stable ids of the log, in sentences for those who read it.

Each says what happened and, where somebody can mend it, who and how. `{network}` is the network's own name.
"""

from __future__ import annotations

from collections.abc import Mapping

from occupier.domain.errors import Sentence
from occupier.domain.limits import MAX_ATTEMPTS
from occupier.domain.setup import NETWORKS, Account
from occupier.speech.languages import gettext

_WAYS = {"feed": Sentence("strike feed"), "manual": Sentence("by hand")}
"""Ways that are no networks."""

_DECISIONS = {
    "strike": Sentence("announces the strike in place of the usual post"),
    "outside": Sentence("usual post: no strike concerned the article"),
    "usual": Sentence("left to the usual tool"),
    "rule": Sentence("a rule of minimum service decided so (see [[rules]] in the settings)"),
    "old": Sentence("too old when it was first seen: announcing it now would mislead"),
    "stale": Sentence("waited too long: announcing it now would mislead"),
    "strike_over": Sentence("the strike was over before this could be posted"),
    "mass": Sentence("too many new articles at once: the feed may have been rebuilt; release them or drop them"),
    "gap": Sentence("seen after the feed went unwatched: too late to announce"),
    "usual_out": Sentence("the usual post about the article is out already: nothing is posted beside it"),
    "guard_unread": Sentence(
        "the account could not be read, so nobody knows whether the usual post is out already: it is tried again"
    ),
    "silence": Sentence("the account keeps silent during strikes, as its settings say"),
    "silent": Sentence("the account is silent outside strikes"),
    "test": Sentence("a test account, outside every strike"),
    "baseline": Sentence("already in the feed when watching began: never announced"),
    "first_post": Sentence("the account's first strike post waits for a person's yes, and the others wait behind it"),
    "first_post_late": Sentence("nobody said yes in time to the account's first strike post"),
    "dropped": Sentence("a person decided to leave it unposted"),
    "released": Sentence("a person released it"),
    "restored": Sentence("the database was restored from a copy: check the account, then release or drop it"),
    "template": Sentence(
        "the message could not be written: run “occupier check”, mend the message in the settings, then release it"
    ),
    "too_long": Sentence("the message is too long even without a title: shorten it in the settings, then release it"),
    "links": Sentence("the message would not carry exactly the right link: mend it in the settings, then release it"),
    "file": Sentence("paused by the PAUSE file beside the database: remove it, or type “occupier resume”"),
    "address": Sentence("paused by the word at the shared address: take it out there, or type “occupier resume”"),
    "same_account": Sentence("the same account under another name has this post"),
    "person": Sentence("a person answered"),
    "asked": Sentence("a person asked for it"),
    "edited": Sentence("somebody edited the post since: it is left as it is"),
    "awaits_usual": Sentence("waits for the usual post, which it is to replace"),
    "takes_place": Sentence("the usual post is deleted first: this one takes its place"),
    "kept": Sentence("it holds what could not be given back (an image, a film, a poll, a quote): it was not deleted"),
    "not_needed": Sentence("the strike post does not come, or comes in another way: the usual post was not deleted"),
    "replaced": Sentence("the strike post stands in its place"),
    "given_back": Sentence("the strike post did not follow: the usual message is posted again"),
    "plan_changed": Sentence("the plan was changed once the usual post was deleted: the usual message is given back"),
    "usual_may_come": Sentence("waits for as long as the usual tool takes, to see whether it posts the article"),
    "unread": Sentence("{network} could not be read, so nothing was changed there"),
    "old_copy": Sentence("{network} shows the post as it was before, from an old copy perhaps: it is read again"),
    "still_there": Sentence("looked for on the account, and still there"),
    "ask": Sentence("not found on the account: a person must look and answer (“occupier resolve”)"),
}

_WAITS = {
    "attempts": Sentence("given up after {most} attempts, none of which left"),
    "ceiling": Sentence("waits: the account has posted as much as the settings allow ([limits])"),
    "hour": Sentence("waits: the account has posted as much as the settings allow for an hour (per_hour)"),
    "day": Sentence("waits: the account has posted as much as the settings allow for a day (per_day)"),
    "spacing": Sentence("waits: two posts are kept apart"),
    "budget": Sentence("waits: the day's budget for {network} is spent (budget_per_day in the settings)"),
    "plan": Sentence("waits: different from the plan that was voted; put the settings back, or seal the new plan"),
    "paused": Sentence("paused: type “occupier resume” to go on"),
    "clock": Sentence("this machine's clock is wrong, so nothing leaves: have it set (NTP)"),
    "changed": Sentence("something else had changed it meanwhile"),
    "claimed": Sentence("is being sent"),
    "handed": Sentence("handed over: what is done with it cannot be seen"),
    "not_done": Sentence("to be posted by hand, and nobody said that it was before the strike was over"),
    "not_by_hand": Sentence("to be posted by hand, and a person says that it was not"),
    "not_read": Sentence("handed over, and the tool had not read it when the strike was over"),
    "tool_interval": Sentence("the strike ends before the usual tool reads its feed again"),
    "unexpected": Sentence("something unexpected happened while posting"),
    "crashed": Sentence("occupier was stopped in the middle of sending"),
}

_UNSENT = {
    "dns": Sentence("the address of {network} could not be found: is this machine on line?"),
    "connect": Sentence("{network} could not be reached: is this machine on line?"),
    "tls": Sentence("no secure connection to {network}: something on the way, or this machine's clock, is wrong"),
    "late": Sentence("there was no time left to send it"),
    "throttled": Sentence("{network} asks to wait before posting again"),
    "unavailable": Sentence("{network} is out of order for the moment"),
}

_UNSURE = {
    "timeout": Sentence("{network} did not answer in time, so it may be posted: look at the account"),
    "no_answer": Sentence("{network} cut the connection without an answer, so it may be posted: look at the account"),
    "reset": Sentence("{network} cut the connection without an answer, so it may be posted: look at the account"),
    "server_error": Sentence("{network} failed while it answered, so it may be posted: look at the account"),
    "not_json": Sentence("the answer of {network} cannot be read, so it may be posted: look at the account"),
    "no_id": Sentence("{network} answered without naming the post, so it may be posted: look at the account"),
    "redirect": Sentence("{network} answered from elsewhere, so it may be posted: look at the account"),
    "truncated": Sentence("the answer of {network} broke off, so it may be posted: look at the account"),
    "same_post": Sentence("{network} answered with an older post, so it may be posted: look at the account"),
    "unclear": Sentence("the answer of {network} is unclear, so it may be posted: look at the account"),
    "not_found": Sentence("looked for on the account and not found"),
    "timeline": Sentence("found on the account"),
    "receipt": Sentence("{network} confirmed it"),
    "uncertain_row": Sentence(
        "stopped after several posts in a row of unknown fate: look at the account, answer for each, then type"
        " “occupier resume”"
    ),
}

_REFUSALS = {
    "duplicate": Sentence("the same text is there already: look at the account"),
    "credentials": Sentence(
        "the keys are not accepted: whoever manages the account must renew them, then type “occupier resume”"
    ),
    "permission": Sentence(
        "the keys are good but may not post: whoever manages the account must allow it, then type “occupier resume”"
    ),
    "content": Sentence("the text is not accepted: change the message, then release it"),
    "money": Sentence("the credit is spent: whoever pays for it must add some, then type “occupier resume”"),
    "automation": Sentence(
        "the account is limited for automated posting: whoever manages it must answer {network}, then type"
        " “occupier resume”"
    ),
    "may_not_delete": Sentence("the keys may not delete there"),
    "may_not_edit": Sentence("the keys may not edit this post: on Facebook, an app edits only its own"),
    "gone": Sentence("the post is no longer there"),
    "unknown": Sentence("for a reason that occupier does not know: see the details in the log"),
    "refused_row": Sentence(
        "stopped after several refusals in a row: see their details in the log, then type “occupier resume”"
    ),
}

REASONS: Mapping[str, Sentence] = _DECISIONS | _WAITS | _UNSENT | _UNSURE | _REFUSALS
"""Every reason that the log knows, by its stable id."""


def reason_words(reason: str, platform: str | None = None) -> str:
    """Say a reason of the log; one that is not known is its own name.

    `platform` is the id (`x`) of the network that it happened on, if it did on one.
    """
    sentence = REASONS.get(reason)
    if sentence is None:
        return reason
    return gettext(sentence.text).format(network=network_name(platform), most=MAX_ATTEMPTS)


def place_name(account: Account) -> str:
    """Return the network of an account, with the way that leads there where it is not occupier's own: “X, by hand”."""
    if account.network == account.platform:
        return network_name(account.platform)
    return f"{network_name(account.network)}, {network_name(account.platform)}"


def network_name(platform: str | None) -> str:
    """Return the name of a network as it writes it, or of a way that is none; “the network” where nobody knows."""
    if platform in _WAYS:
        return gettext(_WAYS[platform].text)
    return NETWORKS.get(platform, platform) if platform else gettext("the network")
