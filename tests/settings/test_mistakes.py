"""Every mistake is answered by one sentence with the place and the mend."""

from collections.abc import Callable

import pytest

from occupier.domain.errors import SettingsError
from occupier.settings import Settings

HEAD = 'timezone = "Europe/Paris"\n'
FEED = '[[feeds]]\nname = "une"\nurl = "https://www.example.org/feed.xml"\n'
TOKEN = 'access_token = { env = "T" }\n'
MASTODON = '[[accounts]]\nname = "m"\nplatform = "mastodon"\nserver = "https://mastodon.example"\n' + TOKEN
X_KEYS = 'consumer_key = { env = "A" }\nconsumer_secret = { env = "B" }\naccess_token_secret = { env = "C" }\n' + TOKEN
X = '[[accounts]]\nname = "x-une"\nplatform = "x"\n' + X_KEYS
PAGE = '[[accounts]]\nname = "p"\nplatform = "facebook"\n' + TOKEN
STRIKE = '[[strikes]]\nname = "greve"\nmandate = "AG"\nreason = "contre"\n'
DAY = 'from = "2020-01-24T09:00"\nto = "2020-01-24T19:00"\n'
FULL = HEAD + FEED + MASTODON + X

MISTAKES = {
    "posts edited where nobody may edit": (
        HEAD + FEED + X + 'if_usual_is_out = "replace"',
        "accounts[1].if_usual_is_out",
        "take the key out",
    ),
    "posts taken over where nobody may edit": (
        HEAD + FEED + X + 'takeover = "replace"',
        "accounts[1].takeover",
        "take the key out",
    ),
    "images of a strike feed that are no image": (
        HEAD + FEED + '[[accounts]]\nname = "outil"\nplatform = "feed"\nfor_platform = "x"\nimages = "no"',
        "accounts[1].images",
        "keep, drop, or the address",
    ),
    "an image that anybody on the way may change": (
        HEAD
        + FEED
        + '[[accounts]]\nname = "o"\nplatform = "feed"\nfor_platform = "x"\nimages = "http://a.example/1.png"',
        "accounts[1].images",
        "https://",
    ),
    "the way to replace what is not replaced": (
        HEAD + FEED + X + 'replace_by = "delete"',
        "accounts[1].replace_by",
        "if_usual_is_out",
    ),
    "posts deleted where they can be edited": (
        HEAD + FEED + MASTODON + 'takeover = "replace"\nusual_application = "a"\nreplace_by = "delete"',
        "accounts[1].replace_by",
        "take the key out",
    ),
    "another way to replace": (
        HEAD + FEED + X + 'takeover = "replace"\nreplace_by = "remove"',
        "accounts[1].replace_by",
        "edit, delete",
    ),
    "no room for two calls an hour": (
        HEAD + "[limits]\nper_hour = 1\n" + FEED + X + 'takeover = "replace"\nreplace_by = "delete"',
        "limits.per_hour",
        "2 or more",
    ),
    "no room for two calls a day": (
        HEAD + "[limits]\nper_day = 1\n" + FEED + X + 'takeover = "replace"\nreplace_by = "delete"',
        "limits.per_day",
        "2 or more",
    ),
    "posts edited of no application": (
        HEAD + FEED + MASTODON + 'takeover = "replace"',
        "accounts[1].usual_application",
        "dlvr.it",
    ),
    "a wait until all is too old": (
        HEAD + FEED + MASTODON + 'usual_within = "2h"',
        "accounts[1].usual_within",
        "limits.freshness",
    ),
    "an hour for a day": (
        HEAD + STRIKE + DAY + 'destroy_on = "2021-01-24T09:00"',
        "strikes[1].destroy_on",
        "2021-01-24",
    ),
    "a word for a day": (HEAD + STRIKE + DAY + 'destroy_on = "never"', "strikes[1].destroy_on", "2021-01-24"),
    "a log destroyed too early": (HEAD + STRIKE + DAY + "destroy_on = 2020-01-24", "strikes[1]", "a later"),
    "no zone": ("", "timezone", 'timezone = "Europe/Paris"'),
    "a slip in a required key": ('timezome = "Europe/Paris"', "timezome", "timezone"),
    "an unknown zone": ('timezone = "Europe/Pari"', "timezone", "Europe/Paris"),
    "a city for a zone": ('timezone = "Paris"', "timezone", "Europe/Paris"),
    "a folder for a zone": ('timezone = "Europe"', "timezone", "write for example"),
    "a path for a zone": ('timezone = "../../etc/passwd"', "timezone", "write for example"),
    "a number for a zone": ("timezone = 1", "timezone", "between quotes"),
    "an unknown language": (HEAD + 'language = "francais"', "language", "fr, en"),
    "PostgreSQL": (HEAD + 'database = "postgresql://me:pw@db/x"', "database", "sqlite:///occupier.db"),
    "a bare path": (HEAD + 'database = "occupier.db"', "database", "sqlite:///occupier.db"),
    "a database in memory": (HEAD + 'database = "sqlite:///:memory:"', "database", "sqlite:///occupier.db"),
    "an unknown table": (HEAD + '[[feed]]\nname = "une"', "feed", "feeds"),
    "an unknown key that resembles none": (HEAD + "zzz = 1", "zzz", "timezone"),
    "an unknown key with a control sign": (HEAD + '"a\\u001b[31m" = 1', "\\u001b", "remove it"),
    "single brackets": (HEAD + '[feeds]\nname = "une"', "feeds", "[[feeds]]"),
    "double brackets": (HEAD + "[[limits]]\nper_day = 3", "limits", "[limits]"),
    "a text for a table": (HEAD + 'limits = "none"', "limits", "[limits]"),
    "a list of texts for tables": (HEAD + 'feeds = ["une"]', "feeds", "[[feeds]]"),
    "a text for a table in an account": (
        HEAD + MASTODON + 'messages = "none"',
        "accounts[1].messages",
        "[accounts.messages]",
    ),
    "no name": (HEAD + '[[feeds]]\nurl = "https://a.example"', "feeds[1].name", 'name = "une"'),
    "a capital in a name": (HEAD + FEED.replace('"une"', '"Une"'), "feeds[1].name", "a-z"),
    "a reserved name": (HEAD + FEED.replace('"une"', '"all"'), "feeds[1].name", "another name"),
    "a name too long": (HEAD + FEED.replace('"une"', f'"{"u" * 33}"'), "feeds[1].name", "1 to 32"),
    "an empty text": (HEAD + FEED.replace('"une"', '"  "'), "feeds[1].name", "write a text"),
    "two feeds of one name": (HEAD + FEED + FEED, "feeds[2].name", "choose another"),
    "two accounts of one name": (HEAD + MASTODON + MASTODON, "accounts[2].name", "choose another"),
    "a feed in a file": (HEAD + FEED.replace("https:", "file:"), "feeds[1].url", "https://"),
    "a feed without a host": (HEAD + FEED.replace("www.example.org", ""), "feeds[1].url", "https://"),
    "a port that is none": (HEAD + FEED.replace("org/", "org:99999/"), "feeds[1].url", "https://"),
    "a host that is none": (HEAD + FEED.replace("www.", "-w."), "feeds[1].url", "https://"),
    "a blank in an address": (HEAD + FEED.replace("/feed", "/a feed"), "feeds[1].url", "https://"),
    "a password in an address": (HEAD + FEED.replace("www", "me:pw@www"), "feeds[1].url", "without"),
    "a duration without a unit": (HEAD + FEED + 'interval = "60"', "feeds[1].interval", "90s"),
    "a number for a duration": (HEAD + FEED + "interval = 60", "feeds[1].interval", "90s"),
    "no time between readings": (HEAD + FEED + 'interval = "0s"', "feeds[1].interval", "1s"),
    "a year between readings": (HEAD + FEED + 'interval = "366d"', "feeds[1].interval", "31d"),
    "a platform of later": (HEAD + MASTODON.replace('"mastodon"', '"bluesky"'), "accounts[1].platform", "mastodon, x"),
    "the new name of x": (HEAD + MASTODON.replace('"mastodon"', '"twitter"'), "accounts[1].platform", "x, facebook"),
    "a server on x": (HEAD + X + 'server = "https://a.example"', "accounts[1].server", "remove it"),
    "a visibility on x": (HEAD + X + 'visibility = "public"', "accounts[1].visibility", "remove it"),
    "a budget on mastodon": (HEAD + MASTODON + "budget_per_day = 1", "accounts[1].budget_per_day", "remove it"),
    "no server": (HEAD + '[[accounts]]\nname = "m"\nplatform = "mastodon"\n', "accounts[1].server", "https://"),
    "a server in French": (HEAD + MASTODON.replace("server", "serveur"), "accounts[1].serveur", "server"),
    "a server in clear": (HEAD + MASTODON.replace("https", "http"), "accounts[1].server", "https://"),
    "a server that begins like localhost": (
        HEAD + MASTODON.replace("https://mastodon", "http://localhost"),
        "accounts[1].server",
        "https://",
    ),
    "a profile for a server": (HEAD + MASTODON.replace(".example", ".example/@une"), "accounts[1].server", "example"),
    "an api in clear": (HEAD + X + 'api_url = "http://api.example"', "accounts[1].api_url", "https://"),
    "a question in an api": (HEAD + X + 'api_url = "https://api.example?a=1"', "accounts[1].api_url", "without ?"),
    "an unknown feed": (HEAD + FEED + MASTODON + 'feeds = ["unne"]', "accounts[1].feeds[1]", "“une”"),
    "a feed where none is": (HEAD + MASTODON + 'feeds = ["une"]', "accounts[1].feeds[1]", "declare it"),
    "a text for a list": (HEAD + FEED + MASTODON + 'feeds = "une"', "accounts[1].feeds", "write a list"),
    "an empty list": (HEAD + FEED + MASTODON + "feeds = []", "accounts[1].feeds", "remove the line"),
    "an unknown owner": (HEAD + MASTODON + 'owner = "boss"', "accounts[1].owner", "employer, union"),
    "an unknown conduct": (HEAD + MASTODON + 'outside_strikes = "publsh"', "accounts[1].outside_strikes", "publish"),
    "a text for a boolean": (HEAD + MASTODON + 'test = "yes"', "accounts[1].test", "true or false"),
    "an unknown visibility": (HEAD + MASTODON + 'visibility = "all"', "accounts[1].visibility", "public"),
    "nothing to spend": (HEAD + X + "budget_per_day = 0", "accounts[1].budget_per_day", "10.0"),
    "no number to spend": (HEAD + X + "budget_per_day = nan", "accounts[1].budget_per_day", "10.0"),
    "no end to spend": (HEAD + X + "budget_per_day = inf", "accounts[1].budget_per_day", "10.0"),
    "no page": (HEAD + PAGE, "accounts[1].page_id", 'page_id = "1234567890"'),
    "a page's name": (HEAD + PAGE + 'page_id = "La Une"', "accounts[1].page_id", "1234567890"),
    "a version without a v": (
        HEAD + PAGE + 'page_id = "1"\napi_version = "26.0"',
        "accounts[1].api_version",
        "v26.0",
    ),
    "a secret in the settings": (HEAD + MASTODON.replace('{ env = "T" }', '"hush"'), "access_token", "{ env ="),
    "a secret for a variable": (HEAD + MASTODON.replace('"T"', '"hush-1"'), "access_token.env", "capitals"),
    "our own variable for a secret": (
        HEAD + MASTODON.replace('"T"', '"OCCUPIER_LANGUAGE"'),
        "access_token.env",
        "choose another",
    ),
    "two places for a secret": (HEAD + MASTODON.replace('"T"', '"T", file = "t"'), "access_token", "one of"),
    "no place for a secret": (HEAD + MASTODON.replace('{ env = "T" }', "{}"), "access_token", "one of"),
    "an unknown place for a secret": (
        HEAD + MASTODON.replace("{ env", "{ vault"),
        "accounts[1].access_token.vault",
        "env, file",
    ),
    "a missing secret": (HEAD + X.replace(TOKEN, ""), "accounts[1].access_token", "{ env ="),
    "an hour of too many": (HEAD + '[limits]\nper_hour = "often"', "limits.per_hour", "auto"),
    "none an hour": (HEAD + "[limits]\nper_hour = 0", "limits.per_hour", "from 1"),
    "a boolean a day": (HEAD + "[limits]\nper_day = true", "limits.per_day", "whole number"),
    "half a post a day": (HEAD + "[limits]\nper_day = 0.5", "limits.per_day", "whole number"),
    "a number between quotes": (HEAD + '[limits]\nper_day = "300"', "limits.per_day", "without quotes"),
    "an unknown limit": (HEAD + "[limits]\nper_minute = 1", "limits.per_minute", "per_hour"),
    "a rule for everything": (HEAD + '[[rules]]\naction = "hold"', "rules[1].match", "category"),
    "an unknown action": (HEAD + '[[rules]]\nmatch = { title = "a" }\naction = "skip"', "rules[1].action", "leave"),
    "a broken expression": (
        HEAD + '[[rules]]\nmatch = { title = "(a" }\naction = "hold"',
        "rules[1].match.title",
        "correct it",
    ),
    "an ambiguous expression": (
        HEAD + '[[rules]]\nmatch = { title = "[[a]]" }\naction = "hold"',
        "rules[1].match.title",
        "correct it",
    ),
    "a long expression": (
        HEAD + f'[[rules]]\nmatch = {{ title = "{"a" * 501}" }}\naction = "hold"',
        "rules[1].match.title",
        "shorten",
    ),
    "one category": (
        HEAD + '[[rules]]\nmatch = { category = "Alerte" }\naction = "hold"',
        "rules[1].match.category",
        "a list",
    ),
    "an unknown condition": (HEAD + '[[rules]]\nmatch = { titel = "a" }\naction = "hold"', "match.titel", "title"),
    "one message for a pool": (HEAD + '[messages]\nstrike = "a"', "messages.strike", "write a list"),
    "an empty message": (HEAD + '[messages]\nstrike = ["a", ""]', "messages.strike[2]", "write a text"),
    "messages of an unknown platform": (HEAD + '[messages.mastodn]\nstrike = ["a"]', "messages.mastodn", "mastodon"),
    "an ordinary message of an account": (
        HEAD + MASTODON + '[accounts.messages]\nordinary = "a"',
        "accounts[1].messages.ordinary",
        "strike",
    ),
    "a strike without a mandate": (
        FULL + STRIKE.replace('mandate = "AG"\n', "") + DAY,
        "strikes[1].mandate",
        "Assemblée générale",
    ),
    "a strike without a reason": (
        FULL + STRIKE.replace('reason = "contre"\n', "") + DAY,
        "strikes[1].reason",
        "write it",
    ),
    "a day without an hour": (FULL + STRIKE + DAY.replace("T19:00", ""), "strikes[1].to", "2020-01-24T19:00"),
    "a TOML day without an hour": (
        FULL + STRIKE + DAY.replace('"2020-01-24T19:00"', "2020-01-24"),
        "strikes[1].to",
        "2020-01-24T19:00",
    ),
    "an hour that does not exist": (
        FULL + STRIKE + DAY.replace("01-24T09:00", "03-29T02:30"),
        "strikes[1].from",
        "2020-03-29T02:30+01:00",
    ),
    "an hour that happens twice": (
        FULL + STRIKE + DAY.replace("01-24T19:00", "10-25T02:30"),
        "strikes[1].to",
        "2020-10-25T02:30+02:00",
    ),
    "a strike from now": (FULL + STRIKE + DAY.replace("2020-01-24T09:00", "now"), "strikes[1].from", "T09:00"),
    "a strike for 8 hours": (FULL + STRIKE + DAY.replace("2020-01-24T19:00", "+8h"), "strikes[1].to", "T09:00"),
    "a year beyond belief": (FULL + STRIKE + DAY.replace("2020", "9999"), "strikes[1].from", "check it"),
    "a year before time": (
        FULL + STRIKE + DAY.replace("2020-01-24T09:00", "0001-01-01T00:00+14:00"),
        "strikes[1].from",
        "is not a time",
    ),
    "a strike backwards": (FULL + STRIKE + DAY.replace("T19", "T08"), "strikes[1]", "check the two dates"),
    "a strike of two months": (FULL + STRIKE + DAY.replace("01-24T19", "03-24T19"), "strikes[1]", "long = true"),
    "two strikes at once": (FULL + STRIKE + DAY + STRIKE.replace("gre", "gra") + DAY, "strikes[2]", "move one"),
    "two strikes of one name": (FULL + STRIKE + DAY + STRIKE + DAY, "strikes[2].name", "choose another"),
    "a strike on an unknown account": (FULL + STRIKE + DAY + 'accounts = ["x-un"]', "strikes[1].accounts[1]", "x-une"),
    "a strike on an unknown feed": (FULL + STRIKE + DAY + 'feeds = ["uno"]', "strikes[1].feeds[1]", "“une”"),
    "a strike on a test account": (
        HEAD + FEED + X + MASTODON + "test = true\n" + STRIKE + DAY + 'accounts = ["m"]',
        "strikes[1].accounts[1]",
        "is a test account",
    ),
    "messages for an unknown account": (
        FULL + STRIKE + DAY + '[strikes.messages.account.x-uen]\nstrike = ["a"]',
        "strikes[1].messages.account.x-uen",
        "x-une",
    ),
    "an unknown link": (FULL + STRIKE + DAY + 'link = "no"', "strikes[1].link", "none"),
    "a slip in a strike": (FULL + STRIKE + DAY + 'acounts = ["x-une"]', "strikes[1].acounts", "accounts"),
    "no quotes": (HEAD + "language = fr", "line 2, column 12", "quotes"),
    "an open table": (HEAD + "[limits", "line 2", "brackets"),
    "a key twice": (HEAD + HEAD, "line 2", "this is not TOML"),
    "a number without end": (HEAD + "a = " + "9" * 5000, "line 2", "this is not TOML"),
    "brackets without end": (HEAD + "a = " + "[" * 5000, "line 2", "this is not TOML"),
}


@pytest.mark.parametrize(("text", "place", "mend"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_answered_by_one_sentence_with_its_place_and_its_mend(
    text: str, place: str, mend: str, read: Callable[[str], Settings]
) -> None:
    with pytest.raises(SettingsError) as caught:
        read(text)
    said = str(caught.value)
    assert place in said
    assert mend in said
    assert "\n" not in said
    assert said.endswith((".", "?"))
    assert not [secret for secret in ("hush", "pw@", "\x1b") if secret in said]


def test_what_the_mistakes_are_made_from_is_right(read: Callable[[str], Settings]) -> None:
    settings = read(FULL + PAGE + 'page_id = "1"\n' + STRIKE + DAY)
    assert [account.name for account in settings.setup.accounts] == ["m", "x-une", "p"]
    assert [strike.name for strike in settings.setup.strikes] == ["greve"]
