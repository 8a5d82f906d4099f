"""The second factor: demanded of staff where it is required, its secrets unreadable in the database."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import translation

from tests import people

pytestmark = pytest.mark.django_db

BASE32 = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def no_earlier_attempts():
    cache.clear()
    with translation.override("en"):
        yield
    cache.clear()


def code(secret=BASE32, *, periods_from_now=0):
    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30 + periods_from_now))


def sign_in(client, user):
    return client.post(reverse("account_login"), {"login": user.email, "password": people.PASSWORD})


def confirm(client, asked):
    """Types the password on the page that asks once more who it is; returns the page that it led to."""
    assert asked.request["PATH_INFO"] == reverse("account_reauthenticate")
    return client.post(f"{asked.request['PATH_INFO']}?{asked.request['QUERY_STRING']}", {"password": people.PASSWORD}, follow=True)


def with_factor(user):
    auth.TOTP.activate(user, BASE32)
    RecoveryCodes.activate(user)
    return user


PAGES = ["/en/staff/", "/en/admin/", "/en/admin/office/newsitem/", "/en/accounts/2fa/", "/en/accounts/password/change/"]


@pytest.mark.parametrize("address", PAGES)
def test_staff_without_one_are_led_to_set_it_up_where_it_is_required(client, settings, address):
    sign_in(client, people.administrator())
    settings.SECOND_FACTOR_REQUIRED = True
    assert client.get(address)["Location"] == reverse("mfa_activate_totp")
    assert client.post(address)["Location"] == reverse("mfa_activate_totp")
    settings.SECOND_FACTOR_REQUIRED = False
    assert client.get(address).status_code == 200


def test_setting_it_up_leads_out_again_and_signing_out_stays_possible(client, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    sign_in(client, people.administrator())
    page = confirm(client, client.get("/en/admin/", follow=True))
    answer = client.post(reverse("mfa_activate_totp"), {"code": code(page.context["form"].secret)}, follow=True)
    assert answer.redirect_chain == [(reverse("mfa_view_recovery_codes"), 302)]
    assert len(re.findall(r"<li><code>\d{8}</code></li>", answer.content.decode())) == 10
    assert client.get("/en/admin/").status_code == 200
    assert client.post(reverse("account_logout"))["Location"] == "/en/"


def test_signing_out_without_one_is_possible(client, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    sign_in(client, people.editor())
    assert client.post(reverse("account_logout"))["Location"] == "/en/"
    assert "_auth_user_id" not in client.session


def test_visitors_are_not_asked(client, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    answer = client.get("/en/")
    assert answer.status_code == 200
    assert "Cookie" not in answer.get("Vary", "")


def test_signing_in_takes_the_code_once(client):
    user = with_factor(people.editor())
    assert sign_in(client, user)["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get("/en/admin/").status_code == 302
    now = code()
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000" if now != "000000" else "111111"})
    assert wrong.context["form"].errors["code"] == ["This code is wrong or too old. Wait for the next one and type that."]
    assert client.post(reverse("mfa_authenticate"), {"code": now})["Location"] == "/en/staff/"
    other = type(client)()
    sign_in(other, user)
    assert other.post(reverse("mfa_authenticate"), {"code": now}).status_code == 200
    assert "_auth_user_id" not in other.session


def test_a_recovery_code_serves_once(client):
    user = with_factor(people.editor())
    recovery = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()[0]
    sign_in(client, user)
    assert client.post(reverse("mfa_authenticate"), {"code": recovery})["Location"] == "/en/staff/"
    client.post(reverse("account_logout"))
    sign_in(client, user)
    assert client.post(reverse("mfa_authenticate"), {"code": recovery}).status_code == 200


def raw_rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT type, data::text FROM mfa_authenticator")
        return dict(cursor.fetchall())


def test_the_database_holds_no_secret_that_can_be_read():
    with_factor(people.editor())
    rows = raw_rows()
    assert set(rows) == {"totp", "recovery_codes"}
    assert BASE32 not in rows["totp"]
    assert not re.search(r'"secret": "[A-Z2-7]{16,}={0,6}"', rows["totp"])
    assert not re.search(r'"seed": "[0-9a-f]{20,}"', rows["recovery_codes"])


def test_keys_can_be_changed_while_old_secrets_still_serve(settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.SECOND_FACTOR_KEYS = [old]
    user = with_factor(people.editor())
    settings.SECOND_FACTOR_KEYS = [new, old]
    assert Authenticator.objects.get(user=user, type="totp").wrap().validate_code(code())
    auth.TOTP.activate(people.editor(), BASE32)
    settings.SECOND_FACTOR_KEYS = [new]
    newest = Authenticator.objects.filter(type="totp").latest("pk")
    assert newest.wrap().validate_code(code())


def test_a_changed_secret_key_is_followed_by_its_fallback(settings):
    settings.SECRET_KEY = "first-key-of-this-place"
    user = with_factor(people.editor())
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "second-key-of-this-place", ["first-key-of-this-place"]
    assert Authenticator.objects.get(user=user, type="totp").wrap().validate_code(code())


def test_switching_it_off_asks_again_who_it_is(client):
    user = with_factor(people.editor())
    people.signed_in(client, user)
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_an_administrator_takes_it_away_from_somebody_who_lost_the_phone(client):
    user = with_factor(people.editor())
    people.signed_in(client, people.administrator())
    address = reverse("admin:mfa_authenticator_changelist")
    assert client.get(address).status_code == 200
    for factor in Authenticator.objects.filter(user=user):
        page = client.get(reverse("admin:mfa_authenticator_change", args=[factor.pk])).content.decode()
        assert "secret" not in page and "seed" not in page
        client.post(reverse("admin:mfa_authenticator_delete", args=[factor.pk]), {"post": "yes"})
    assert not Authenticator.objects.filter(user=user).exists()
