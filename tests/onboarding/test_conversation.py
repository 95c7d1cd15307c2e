"""The whole conversation, against a sandbox that stands in for the networks."""

from __future__ import annotations

import stat

import pytest

from occupier.domain.setup import Poster
from occupier.onboarding.closing import next_steps, write_settings
from occupier.settings import Settings, load
from tests.loopback import Loopback, answer, says
from tests.onboarding.conftest import GROUND, MASTODON, NOW, Desk, Line, consent


def written(desk: Desk, *lines: Line) -> Settings:
    """Hold the whole conversation, and write what comes of it."""
    _, answers = desk.sit(*lines)
    write_settings(desk.world(), answers)
    answers.forget()
    return load(desk.file, {}, NOW)


def x_keys(desk: Desk) -> tuple[str, ...]:
    own = desk.box.credentials["x"]
    return own["consumer_key"], own["consumer_secret"], own["access_token"], own["access_token_secret"]


def page_keys(desk: Desk) -> tuple[str, str, str]:
    known = desk.box.keys["facebook"]
    return known["User Token"], known["App ID"], known["App Secret"]


def facebook(desk: Desk) -> tuple[Line, ...]:
    return "facebook", "keys", "yes", "", "", "", *page_keys(desk), "", "yes"


def test_settings_come_out_that_lead_to_the_accounts_of_three_networks(desk: Desk) -> None:
    x = ("x", "", "yes", "", "", "", "keys", *x_keys(desk), "yes")
    settings = written(desk, *GROUND, *MASTODON, *x, *facebook(desk), "", "yes")
    assert [feed.url for feed in settings.setup.feeds] == [desk.box.feed_url()]
    assert [account.name for account in settings.setup.accounts] == ["mastodon-une", "x-une", "page-une"]
    assert settings.secrets("x-une") == dict(desk.box.credentials["x"])
    assert settings.connections["page-une"].page_id == desk.box.credentials["facebook"]["page_id"]
    assert all(settings.notes(account.name) == () for account in settings.setup.accounts)
    assert settings.setup.usual.by is Poster.HAND
    assert stat.S_IMODE(desk.file.stat().st_mode) == 0o600
    assert not desk.kept.exists()


def test_the_account_is_shown_by_its_name_before_its_keys_are_kept(desk: Desk) -> None:
    person, _ = desk.sit(*GROUND, *MASTODON[:-1])
    assert "This is the account Le Courrier des Halles (@courrierhalles@" in person.screen
    assert "18,240 followers" in person.screen
    assert not (desk.folder / "secrets").exists()


def test_x_is_connected_with_a_pin_too(desk: Desk) -> None:
    settings = written(
        desk, *GROUND, "x", "", "yes", "", "", "", "", "pin", *x_keys(desk)[:2], consent, "yes", "", "yes"
    )
    assert set(settings.secrets("x-une")) == set(desk.box.credentials["x"])


def test_no_secret_is_in_the_settings_in_the_answers_or_on_the_screen(desk: Desk) -> None:
    x = ("x", "", "yes", "", "", "", "", "keys", *x_keys(desk), "yes")
    second = (*MASTODON[:5], *MASTODON[6:])
    person, answers = desk.sit(*GROUND, *x, *facebook(desk), *second)
    shown = person.screen + desk.everything() + repr(answers)
    write_settings(desk.world(), answers)
    shown += desk.everything()
    kept = [file.read_text().strip() for file in (desk.folder / "secrets").iterdir()]
    assert len(kept) == 6
    assert [
        secret for secret in (*x_keys(desk), page_keys(desk)[0], page_keys(desk)[2], *kept) if secret in shown
    ] == []


def test_a_key_pasted_in_the_place_of_a_name_is_neither_taken_nor_repeated(desk: Desk) -> None:
    pasted = "EAAGm0PX4ZCpsBAxyz-secret"
    person, _ = desk.sit(*GROUND, "mastodon", "", pasted)
    assert "Write 1 to 32 of a-z" in person.screen
    assert pasted not in person.screen + desk.everything()


def test_a_wrong_key_is_asked_for_again_and_not_repeated(desk: Desk) -> None:
    wrong = "0000-wrong-secret-0000"
    keys = x_keys(desk)
    again = (keys[0], "", "", keys[3])
    person, answers = desk.sit(*GROUND, "x", "", "yes", "", "", "", "", "keys", *keys[:3], wrong, *again, "yes")
    assert "account.1.right" in answers
    assert person.asked.count("account.1.consumer_key") == 2
    assert "Enter takes the one that you pasted before." in person.screen
    assert wrong not in person.screen + desk.everything()


def test_what_cannot_be_an_access_token_is_asked_for_again_and_nothing_else(desk: Desk) -> None:
    keys = x_keys(desk)
    bearer = (*keys[:2], "AAAABearer", keys[3])
    person, answers = desk.sit(*GROUND, "x", "", "yes", "", "", "", "", "keys", *bearer, keys[2], "", "yes")
    assert "account.1.right" in answers
    assert person.asked.count("account.1.consumer_secret") == 1


def test_a_pin_that_was_not_taken_leads_to_a_new_one_without_the_keys(desk: Desk) -> None:
    pin: tuple[Line, ...] = ("x", "", "yes", "", "", "", "", "pin", *x_keys(desk)[:2], "0000000", "", consent, "yes")
    person, answers = desk.sit(*GROUND, *pin)
    assert "account.1.right" in answers
    assert person.screen.count("/oauth/authorize") == 2


def test_a_token_that_is_over_is_asked_for_again_and_the_app_is_not(desk: Desk) -> None:
    token, number, secret = page_keys(desk)
    person, answers = desk.sit(
        *GROUND, "facebook", "", "yes", "", "", "", "", "nonsense", number, secret, token, "", "", "", "yes"
    )
    assert "account.1.right" in answers
    assert "Facebook does not accept this token" in person.screen
    assert "good until" not in person.screen


def test_a_wrong_secret_of_an_app_leaves_its_number_proposed(desk: Desk) -> None:
    token, number, secret = page_keys(desk)
    facebook = ("facebook", "", "yes", "", "", "", "", token, number, "wrong", "", secret, "", "yes")
    person, answers = desk.sit(*GROUND, *facebook)
    assert "account.1.right" in answers
    assert person.asked.count("account.1.user_token") == 1


def test_a_question_is_put_again_after_an_answer_that_was_not_taken(desk: Desk) -> None:
    person, _ = desk.sit("en", "9")
    assert person.screen.count("Where will occupier run during the strike?") == 2


@pytest.mark.parametrize("typed", ["zzz", "occupier", "3"])
def test_a_city_that_nobody_knows_is_not_taken_for_paris(typed: str, desk: Desk) -> None:
    person, answers = desk.sit("en", "1", typed)
    assert "No city of that name is known here" in person.screen
    assert "zone" not in answers


def test_a_figure_is_no_name_of_an_account(desk: Desk) -> None:
    person, answers = desk.sit(*GROUND, "mastodon", "", "3")
    assert "write for example mastodon-une" in person.screen
    assert "account.1.name" not in answers


def test_a_tool_that_nobody_knows_is_not_asked_about_any_further(desk: Desk) -> None:
    person, _ = desk.sit(*GROUND[:6], "unknown")
    assert person.asked[-1] == "account.1.platform"


def test_a_facebook_page_is_not_begun_by_an_enter(desk: Desk) -> None:
    person, _ = desk.sit(*GROUND, "facebook", "", "")
    assert person.asked[-2:] == ["account.1.ready", "account.1.by"]


def test_a_no_to_the_account_begins_its_connection_again_and_gives_the_key_back(desk: Desk) -> None:
    person, answers = desk.sit(*GROUND, *MASTODON[:-1], "no", "", consent, "yes")
    assert person.asked.count("account.1.server") == 2
    token = (desk.folder / "secrets" / "mastodon-une-access_token").read_text().strip()
    assert "account.1.right" in answers
    assert token
    assert [request.path for request in desk.box.requests].count("/oauth/revoke") == 1


def test_a_closed_terminal_loses_no_answer(desk: Desk) -> None:
    desk.sit(*GROUND, *MASTODON)
    person, _ = desk.sit("", "yes")
    assert person.asked == ["account.2.platform", "write"]


def test_a_connection_that_was_interrupted_begins_again_at_its_first_step(desk: Desk) -> None:
    desk.sit(*GROUND, *MASTODON[:-2])
    person, _ = desk.sit("", consent, "yes")
    assert person.asked[:2] == ["account.1.server", "account.1.code"]


def test_one_goes_back_by_a_sign_or_a_word(desk: Desk) -> None:
    person, answers = desk.sit("en", "1", "<", "2", "back", "retour", "fr", "3")
    assert person.asked == ["language", "machine", "zone", "machine", "zone", "machine", "language", "machine", "zone"]
    assert (answers.text("language"), answers.text("machine")) == ("fr", "unknown")


def test_before_the_first_question_there_is_none(desk: Desk) -> None:
    person, _ = desk.sit("<", "en")
    assert "This is the first question." in person.screen


def test_a_lid_that_closes_is_spoken_of_and_a_machine_that_stays_on_is_not_warned(desk: Desk) -> None:
    laptop, _ = desk.sit("en", "1", answers=desk.answers())
    stays, _ = desk.sit("en", "2", answers=desk.answers())
    unsure, _ = desk.sit("en", "3", answers=desk.answers())
    assert ["nothing is posted tomorrow" in one.screen for one in (laptop, stays, unsure)] == [True, False, True]


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Paris", "Europe/Paris"),
        ("Europe/Pariss", "Europe/Paris"),
        ("new york", "America/New_York"),
        ("Bruxelles", "Europe/Brussels"),
        ("Bruxeles", "Europe/Brussels"),
        ("Montréal", "America/Toronto"),
    ],
)
def test_a_city_or_a_slip_is_understood_and_confirmed_with_its_hour(typed: str, zone: str, desk: Desk) -> None:
    person, answers = desk.sit("en", "1", typed, "yes")
    assert answers.text("zone") == zone
    assert person.asked[-2:] == ["zone.right", "site.1"]
    assert f"{zone}: it is" in person.screen


def test_a_zone_that_was_misunderstood_is_asked_for_again(desk: Desk) -> None:
    person, answers = desk.sit("en", "1", "Pariss", "no", "Indian/Reunion")
    assert answers.text("zone") == "Indian/Reunion"
    assert person.asked[-1] == "site.1"


def test_the_latest_articles_are_shown_with_their_hour_and_a_no_asks_for_the_site_again(desk: Desk) -> None:
    person, _ = desk.sit("en", "1", "", "", "no")
    assert "· Les cheminots votent (" in person.screen
    assert person.asked[-2:] == ["site.1.right", "site.1"]


@pytest.mark.parametrize("typed", ["lemonde", "le site du journal", "http://127.0.0.1:9/"])
def test_what_leads_to_no_site_is_answered_and_asked_for_again(typed: str, desk: Desk) -> None:
    person, answers = desk.sit("en", "1", "", typed, "")
    assert person.asked[-1] == "site.1.right"
    assert answers.text("site.1") == desk.box.feed_url()
    assert "asked again" not in person.screen


def test_of_several_feeds_one_is_chosen_by_its_name(desk: Desk) -> None:
    desk.box.publish("sport", title="Une victoire")
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{desk.box.feed_url(name)}">'
        for name in ("une", "sport")
    )
    page = f"<!doctype html><html><head>{links}</head><body>Une</body></html>".encode()
    with Loopback(says(answer(page, "200 OK", "Content-Type: text/html", "Connection: close"))) as site:
        person, answers = desk.sit("en", "1", "", f"{site.url}/", "2", "yes")
    assert "This site has 2 feeds." in person.screen
    assert "· Une victoire (" in person.screen
    assert answers.text("site.1.right") == desk.box.feed_url("sport")


def test_all_of_it_is_said_in_french_too(desk: Desk) -> None:
    person, answers = desk.sit("fr", "", "retour", "2", "", "", "oui", "non", "3", "mastodon", *MASTODON[1:-1], "oui")
    assert "account.1.right" in answers
    assert "C’est le compte Le Courrier des Halles" in person.screen
    english = ("Where will", "What is", "Whose", "This is the account", "Which network", "follower")
    assert [words for words in english if words in person.screen] == []


def test_a_second_site_has_a_name_of_its_own(desk: Desk) -> None:
    desk.box.publish("sport", title="Une victoire")
    more = ("yes", desk.box.feed_url("sport"), "yes", "no")
    settings = written(desk, *GROUND[:5], *more, *GROUND[6:], "done", "yes")
    assert [feed.url for feed in settings.setup.feeds] == [desk.box.feed_url(), desk.box.feed_url("sport")]
    assert len({feed.name for feed in settings.setup.feeds}) == 2


def test_a_service_that_one_gets_into_is_paused_and_its_pause_is_written(desk: Desk) -> None:
    service = ("service", "dlvr.it", "yes")
    person, answers = desk.sit(*GROUND[:6], *service, *MASTODON, "done", "Routes, Pause, 22h30", "", "yes")
    assert "empty its queue" in person.screen
    write_settings(desk.world(), answers)
    usual = load(desk.file, {}, NOW).setup.usual
    assert (usual.by, usual.access, usual.name, usual.paused) == ("service", True, "dlvr.it", "Routes, Pause, 22h30")


def test_a_tool_that_nobody_gets_into_is_not_asked_about_any_further(desk: Desk) -> None:
    person, answers = desk.sit(*GROUND[:6], "site", "-", "no")
    assert "ask somebody who can" in person.screen
    assert person.asked[-1] == "account.1.platform"
    assert answers.text("usual.name") == "-"


def test_no_account_yet_is_an_answer_too(desk: Desk) -> None:
    settings = written(desk, *GROUND, "done", "yes")
    assert settings.setup.accounts == ()


def test_a_second_time_proposes_what_is_there_and_changes_nothing(desk: Desk) -> None:
    written(desk, *GROUND, *MASTODON, "", "yes")
    before = desk.file.read_text()
    person, answers = desk.sit("", "", "", "", "", "", "yes")
    assert write_settings(desk.world(), answers) is None
    assert desk.file.read_text() == before
    assert "So far: mastodon-une" in person.screen
    assert "account mastodon-une, as before" in person.screen


def test_an_account_is_added_beside_what_somebody_wrote_and_a_copy_is_kept(desk: Desk) -> None:
    written(desk, *GROUND, *MASTODON, "", "yes")
    own = desk.file.read_text() + "\n[limits]\nper_day = 12 # voté\n"
    desk.file.write_text(own)
    x = ("x", "", "yes", "", "", "", "", "keys", *x_keys(desk), "yes")
    settings = written(desk, *[""] * 5, *x, "", "yes")
    assert [account.name for account in settings.setup.accounts] == ["mastodon-une", "x-une"]
    assert "per_day = 12 # voté" in desk.file.read_text()
    assert (desk.folder / "settings.toml.bak").read_text() == own


def test_an_account_that_is_there_gets_new_keys_only_after_a_yes(desk: Desk) -> None:
    written(desk, *GROUND, *MASTODON, "", "yes")
    key = desk.folder / "secrets" / "mastodon-une-access_token"
    old = key.read_text()
    again = ("", "", "", "", "", "mastodon", "", "mastodon-une")
    person, _ = desk.sit(*again, "no", answers=desk.answers())
    assert person.asked[-2:] == ["account.1.renew", "account.1.platform"]
    desk.answers().forget()
    settings = written(desk, *again, "yes", "", "", "", "", consent, "yes", "", "yes")
    assert [account.name for account in settings.setup.accounts] == ["mastodon-une"]
    assert key.read_text() != old
    assert key.with_name(f"{key.name}.bak").read_text() == old


def test_the_name_of_another_networks_account_is_refused(desk: Desk) -> None:
    person, _ = desk.sit(*GROUND, *MASTODON, "x", "", "yes", "mastodon-une")
    assert "Another account has this name already" in person.screen


def test_a_no_at_the_end_writes_nothing_and_goes_back(desk: Desk) -> None:
    person, _ = desk.sit(*GROUND, "done", "no")
    assert person.asked[-1] == "account.1.platform"
    assert not desk.file.exists()


def test_what_comes_next_names_the_commands_in_their_order(desk: Desk) -> None:
    _, answers = desk.sit(*GROUND, "done", "yes")
    lines = "\n".join(next_steps(desk.world(), answers, option=" --settings there"))
    places = [
        lines.index(f"occupier {word}") for word in ("rehearse", "strike declare", "check", "plan", "run", "service")
    ]
    assert places == sorted(places)
    assert "occupier plan 2020-01-24 --output plan.html --settings there" in lines
    assert "occupier plan 2020-01-24 --seal --settings there" in lines
    assert "--from 2020-01-24T09:00 --to 2020-01-24T19:00" in lines


def test_keys_in_the_environment_come_with_the_line_that_loads_them(desk: Desk) -> None:
    _, answers = desk.sit(*GROUND, *MASTODON[:5], "env", *MASTODON[6:], "", "yes")
    lines = "\n".join(next_steps(desk.world(), answers, option=""))
    assert "occupier.env; set +a" in lines
    write_settings(desk.world(), answers)
    assert (
        load(desk.file, {}, NOW).connections["mastodon-une"].secrets["access_token"].env == "MASTODON_UNE_ACCESS_TOKEN"
    )
