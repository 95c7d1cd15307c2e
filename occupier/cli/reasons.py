"""Reasons inside sentences: the log's stable ids, said in words."""

from __future__ import annotations

from dataclasses import replace

from occupier.domain.errors import Sentence
from occupier.domain.setup import Setup
from occupier.speech import reason_words


def with_reason(sentence: Sentence, setup: Setup, account_name: str | None = None) -> Sentence:
    """Return the sentence with the words of its reason; the account, if it names one, tells the network."""
    reason = sentence.values.get("reason")
    if not isinstance(reason, str):
        return sentence
    account = setup.account(account_name or str(sentence.values.get("account", "")))
    said = reason_words(reason, account.platform if account else None)
    return replace(sentence, values={**sentence.values, "reason": said})
