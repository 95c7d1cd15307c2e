"""The page's few words, in French and in English."""

from collections.abc import Mapping
from datetime import timedelta

FRENCH: Mapping[str, str] = {
    "title": "Bac à sable",
    "banner": "Bac à sable\u00a0: rien n’est envoyé sur Internet",
    "lead": "Trois réseaux, imités sur cette machine. Ce qui paraît ici n’est visible de personne d’autre.",
    "posts": "publié|publiés",
    "strike_posts": "de grève",
    "articles": "article|articles",
    "feed": "Le fil de la rédaction",
    "no_articles": "Le fil est vide. Le premier article paraîtra ici.",
    "empty": "Rien pour l’instant.",
    "empty_more": "Le premier message apparaîtra ici, sans recharger la page.",
    "strike": "Message de grève",
    "lagging": "pas encore visible|pas encore visibles",
    "development": "Visible des seuls testeurs de l’application",
    "public": "Public",
    "live": "En direct",
    "now": "à l’instant",
    "minutes": "il y a {n}\u00a0min",
    "hours": "il y a {n}\u00a0h",
    "days": "il y a {n}\u00a0j",
    "other_lang": "English",
    "lang": "fr",
    "access_title": "Donner un accès",
    "access_ask": "{app} demande à publier avec un de vos comptes du bac à sable.",
    "access_as": "Avec quel compte\u00a0?",
    "access_give": "Autoriser",
    "access_copy": "Copiez ce code, et collez-le dans occupier.",
    "access_refused": "Aucun accès n’a été donné",
    "access_given": "Accès donnés",
    "access_none": "Personne n’a d’accès.",
    "access_revoke": "Retirer l’accès",
    "keys_title": "Clés du bac à sable",
    "keys_lead": "Ce que montreraient les pages de X et de Facebook pour les applications. Ces clés ne valent qu’ici.",
}
ENGLISH: Mapping[str, str] = {
    "title": "Sandbox",
    "banner": "Sandbox: nothing is sent to the Internet",
    "lead": "Three networks, imitated on this machine. What appears here is seen by nobody else.",
    "posts": "posted|posted",
    "strike_posts": "about the strike",
    "articles": "article|articles",
    "feed": "The newsroom’s feed",
    "no_articles": "The feed is empty. Its first article will appear here.",
    "empty": "Nothing yet.",
    "empty_more": "The first post will appear here; no need to reload.",
    "strike": "Strike message",
    "lagging": "not visible yet|not visible yet",
    "development": "Seen by the app’s testers only",
    "public": "Public",
    "live": "Live",
    "now": "just now",
    "minutes": "{n}\u00a0min ago",
    "hours": "{n}\u00a0h ago",
    "days": "{n}\u00a0d ago",
    "other_lang": "Français",
    "lang": "en",
    "access_title": "Give access",
    "access_ask": "{app} asks to post with one of your accounts in the sandbox.",
    "access_as": "With which account?",
    "access_give": "Authorize",
    "access_copy": "Copy this code, and paste it into occupier.",
    "access_refused": "No access was given",
    "access_given": "Access that was given",
    "access_none": "Nobody has access.",
    "access_revoke": "Take access back",
    "keys_title": "The sandbox’s keys",
    "keys_lead": "What the pages of X and Facebook for applications would show. These keys are good here only.",
}
LANGUAGES: Mapping[str, Mapping[str, str]] = {"fr": FRENCH, "en": ENGLISH}


def language(query: Mapping[str, str], accepted: str) -> str:
    """Choose the page's language: what is asked, else what the browser likes best, else French."""
    if query.get("lang") in LANGUAGES:
        return query["lang"]
    for entry in accepted.split(","):
        name = entry.partition(";")[0].strip().lower()[:2]
        if name in LANGUAGES:
            return name
    return "fr"


def counted(labels: Mapping[str, str], key: str, number: int) -> str:
    """Return the singular or the plural of a label that has both."""
    one, many = labels[key].split("|")
    return one if abs(number) < 2 else many


def ago(labels: Mapping[str, str], age: timedelta) -> str:
    """Say how long ago something was."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return labels["now"]
    if minutes < 60:
        return labels["minutes"].format(n=minutes)
    if minutes < 60 * 24:
        return labels["hours"].format(n=minutes // 60)
    return labels["days"].format(n=minutes // (60 * 24))
