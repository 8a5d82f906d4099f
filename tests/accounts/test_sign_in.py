"""Signing in: who may, where it leads, what it refuses, and what is found at each address."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from accounts import demo
from accounts.models import Role, User
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_earlier_attempts():
    cache.clear()
    with translation.override("en"):
        yield
    cache.clear()


def sign_in(client, who, password=people.PASSWORD, **more):
    email = who if isinstance(who, str) else who.email
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


def somebody(role, **details):
    return getattr(people, role)(**details)


@pytest.mark.parametrize("role", ["administrator", "organiser", "editor", "reviewer", "writer", "desk"])
def test_each_role_lands_on_the_first_staff_page(client, role):
    answer = sign_in(client, somebody(role))
    assert (answer.status_code, answer["Location"]) == (302, "/en/staff/")


def test_the_e_mail_is_read_in_any_case_and_with_spaces(client):
    people.editor(email="editor@iom.example")
    assert sign_in(client, "  Editor@IOM.example ").status_code == 302


def test_a_wrong_password_and_an_unknown_address_are_told_in_the_same_words(client):
    wrong = sign_in(client, people.editor(), "another-password-2013").context["form"].non_field_errors()
    unknown = sign_in(client, "nobody@iom.example").context["form"].non_field_errors()
    assert wrong == unknown == ["The e-mail or the password is wrong. Check both; capital letters count in the password."]


def test_errors_are_summed_up_and_the_page_says_so_in_its_title(client):
    page = client.post(reverse("account_login"), {"login": "", "password": ""}).content.decode()
    assert 'class="error-summary"' in page
    assert 'href="#id_login"' in page
    assert re.search(r"<title>Error: ", page)


def test_a_closed_account_cannot_sign_in(client):
    assert sign_in(client, people.stranger()).status_code == 200
    assert "_auth_user_id" not in client.session


def test_closing_an_account_ends_what_it_is_doing(client):
    user = people.administrator()
    people.signed_in(client, user)
    assert client.get("/en/admin/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/en/admin/").status_code == 302


def test_a_demo_account_opens_nothing_outside_demo_mode(client, settings):
    user = people.editor(is_demo=True)
    assert sign_in(client, user).status_code == 302
    assert client.get("/en/admin/").status_code == 200
    settings.DEMO_MODE = False
    assert client.get("/en/admin/").status_code == 302
    assert sign_in(client, user).status_code == 200
    assert sign_in(client, people.editor()).status_code == 302


@pytest.mark.parametrize(
    "target, leads_to",
    [
        ("/en/admin/office/newsitem/", "/en/admin/office/newsitem/"),
        ("https://evil.example/", "/en/staff/"),
        ("//evil.example/", "/en/staff/"),
        ("javascript:alert(1)", "/en/staff/"),
        ("/\\evil.example", "/en/staff/"),
        ("http:///evil.example", "/en/staff/"),
    ],
)
def test_next_leads_only_to_this_site(client, target, leads_to):
    assert sign_in(client, people.editor(), next=target)["Location"] == leads_to


def test_the_admin_asks_through_the_same_door_and_keeps_the_way(client):
    first = client.get("/en/admin/office/newsitem/?q=a&p=2")
    second = client.get(first["Location"])
    assert second["Location"] == "/en/accounts/login/?next=%2Fen%2Fadmin%2Foffice%2Fnewsitem%2F%3Fq%3Da%26p%3D2"
    page = client.get(second["Location"]).content.decode()
    assert 'name="next" value="/en/admin/office/newsitem/?q=a&amp;p=2"' in page


def test_the_desk_is_led_from_the_admin_to_its_own_pages(client):
    people.signed_in(client, people.desk())
    answer = client.get("/en/admin/", follow=True)
    assert answer.redirect_chain[-1] == ("/en/staff/", 302)


def test_signing_out_is_a_post_and_leaves_no_cookie_behind(client):
    people.signed_in(client, people.editor())
    assert client.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in client.session
    answer = client.post(reverse("account_logout"))
    assert answer["Location"] == "/en/"
    assert [(name, cookie["max-age"]) for name, cookie in answer.cookies.items()] == [("sessionid", 0)]


def test_failed_attempts_on_one_account_are_limited_whoever_makes_them(client):
    user = people.editor()
    for number in range(5):
        client.post(reverse("account_login"), {"login": user.email, "password": "wrong"}, REMOTE_ADDR=f"10.0.0.{number}")
    refused = client.post(
        reverse("account_login"), {"login": user.email, "password": people.PASSWORD}, REMOTE_ADDR="10.0.0.99"
    )
    assert refused.context["form"].non_field_errors() == [
        "Too many wrong attempts. Wait five minutes, or have your password reset by e-mail."
    ]
    # The counters are in the shared cache, so another process knows them: emptied, the right password serves again.
    cache.clear()
    assert sign_in(client, user).status_code == 302


def test_failures_and_successes_are_logged_without_the_password(client, caplog):
    caplog.set_level("INFO", logger="portal.sign_in")
    user = people.editor(email="editor@iom.example")
    sign_in(client, "nobody@iom.example", "secret-of-somebody")
    sign_in(client, user)
    assert [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "portal.sign_in"] == [
        ("WARNING", "sign-in failed: 'nobody@iom.example' from 127.0.0.1"),
        ("INFO", "signed in: editor@iom.example from 127.0.0.1"),
    ]


def test_a_flood_from_one_address_is_answered_too_many(client):
    answers = [client.post(reverse("account_login"), {"login": f"{n}@x.example", "password": "x"}).status_code for n in range(32)]
    assert answers == [200] * 30 + [429] * 2


def test_nobody_signs_up_by_themselves(client):
    page = client.get(reverse("account_signup"))
    assert page.status_code == 200
    assert "Accounts are made by the office" in page.content.decode()
    assert client.post(reverse("account_signup"), {"email": "new@x.example", "password1": "a-long-password-1"}).status_code == 405
    assert not User.objects.filter(email="new@x.example").exists()


@pytest.mark.parametrize("address", ["email/", "phone/change/", "confirm-email/", "password/set/", "login/code/", "social/signup/", "2fa/webauthn/"])
def test_what_does_not_serve_here_is_not_there(client, address):
    people.signed_in(client, people.administrator())
    assert client.get(f"/en/accounts/{address}").status_code == 404


@pytest.mark.parametrize("language, word", [("en", "Sign in"), ("mn", "lang=\"mn\"")])
def test_every_page_stands_in_both_languages_without_inline_script_or_style(client, language, word):
    people.signed_in(client, people.editor())
    own = ["logout/", "password/change/", "reauthenticate/", "2fa/"]
    pages = [client.get(f"/{language}/accounts/{address}").content.decode() for address in own]
    client.logout()
    open_to_all = ["login/", "signup/", "inactive/", "password/reset/", "password/reset/done/", "password/reset/key/done/", "password/reset/key/1-x-y/"]
    pages += [client.get(f"/{language}/accounts/{address}").content.decode() for address in open_to_all]
    assert word in pages[len(own)]
    for page in pages:
        assert f'<html lang="{language}">' in page
        assert " style=" not in page and "onclick" not in page and "<style" not in page
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)


def test_fields_say_what_they_take_and_hinder_no_paste(client):
    page = client.get(reverse("account_login")).content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page and "placeholder" not in page.split("<main")[1].split("</main>")[0]


# A forgotten password -----------------------------------------------------------------------------------------


def test_a_forgotten_password_is_set_by_a_letter_in_the_language_of_the_account(client):
    user = people.editor(preferred_language="en")
    answer = client.post(reverse("account_reset_password"), {"email": user.email}, follow=True)
    assert "Look into your mailbox" in answer.content.decode()
    (letter,) = mail.outbox
    assert letter.to == [user.email]
    assert letter.subject == "Set a new password for the IOM Mongolia portal"
    link = re.search(r"https?://testserver(/\S+)", letter.body)[1]
    form = client.get(link, follow=True)
    assert "Set a new password" in form.content.decode()
    short = client.post(form.request["PATH_INFO"], {"password1": "elevenchars", "password2": "elevenchars"})
    assert "password1" in short.context["form"].errors
    done = client.post(form.request["PATH_INFO"], {"password1": "another-steppe-2014", "password2": "another-steppe-2014"})
    assert done["Location"] == reverse("account_reset_password_from_key_done")
    user.refresh_from_db()
    assert user.check_password("another-steppe-2014")
    assert "This link leads nowhere any more" in client.get(link, follow=True).content.decode()


def test_an_unknown_address_gets_the_same_answer_and_no_letter(client):
    answer = client.post(reverse("account_reset_password"), {"email": "nobody@iom.example"}, follow=True)
    assert "Look into your mailbox" in answer.content.decode()
    assert mail.outbox == []


@pytest.mark.parametrize("password", ["elevenchars", "123456789012", "1q2w3e4r5t6y", "editor-of-the-portal"])
def test_short_common_and_too_similar_passwords_are_refused(client, password):
    people.signed_in(client, people.editor(email="editor-of-the-portal@iom.example"))
    answer = change_password(client, password)
    assert list(answer.context["form"].errors) == ["password1"]


def test_twelve_characters_are_enough_and_one_stays_signed_in(client):
    people.signed_in(client, people.editor())
    assert change_password(client, "twelve-chars")["Location"] == "/en/staff/"
    assert client.get("/en/admin/").status_code == 200


def change_password(client, password):
    return client.post(
        reverse("account_change_password"), {"oldpassword": people.PASSWORD, "password1": password, "password2": password}
    )


# The demonstration --------------------------------------------------------------------------------------------


def test_demo_accounts_are_shown_where_they_exist_and_in_demo_mode_alone(client, settings):
    email, full_name, password = demo.ACCOUNTS[Role.EDITOR]
    address = reverse("account_login")
    assert email not in client.get(address).content.decode()
    people.editor(email=email, password=password, is_demo=True)
    page = client.get(address).content.decode()
    assert email in page and password in page
    assert demo.ACCOUNTS[Role.DESK][0] not in page
    settings.DEMO_MODE = False
    page = client.get(address).content.decode()
    assert email not in page and password not in page


def test_signing_out_clears_what_pages_kept_on_the_device(client):
    client.force_login(people.desk())
    assert "Clear-Site-Data" not in client.get(reverse("account_logout"))
    answer = client.post(reverse("account_logout"))
    assert (answer.status_code, answer["Clear-Site-Data"]) == (302, '"storage"')
