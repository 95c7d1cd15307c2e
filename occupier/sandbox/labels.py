"""The page's few words, in French and in English."""

from collections.abc import Mapping
from datetime import timedelta

NO_BREAK = "\u00a0"
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
