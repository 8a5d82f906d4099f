"""What cannot be read, and a database that is away: told in words, in the language of the address."""

from unittest import mock

import pytest
from django.db import DatabaseError, OperationalError
from django.test import Client

from accounts.models import User
from tests import people

pytestmark = pytest.mark.django_db
SENTENCE = {"en": "This could not be read", "mn": "Үүнийг уншиж чадсангүй"}


@pytest.mark.parametrize("language", SENTENCE)
def test_what_cannot_be_read_is_said_in_words(client, language, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    search = f"/{language}/search/"
    answers = [client.get(f"{search}?q=%00"), client.post(search, {"q": "\x00"}), client.post(search, {"q": "x" * 200})]
    for answer in [*answers, client.post(search, "q=" + "x" * 200, content_type="application/x-www-form-urlencoded")]:
        assert answer.status_code == 400
        assert SENTENCE[language] in answer.content.decode()
        assert "Content-Security-Policy" in answer.headers


def away(*_arguments, **_details):
    raise OperationalError("server closed the connection")


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_database_that_is_away_is_busy_wherever_it_is_missed(method):
    """Here by the middleware that asks who it is."""
    client = people.signed_in(Client(raise_request_exception=False), people.organiser())
    with mock.patch.object(User._default_manager.__class__, "get_queryset", away):
        answer = getattr(client, method)("/en/staff/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "3")
    assert "Busy at the moment" in answer.content.decode()


def test_other_faults_stay_faults():
    client = people.signed_in(Client(raise_request_exception=False), people.organiser())
    with mock.patch.object(User._default_manager.__class__, "get_queryset", mock.Mock(side_effect=DatabaseError)):
        assert client.post("/en/staff/").status_code == 500


@pytest.mark.parametrize(("header", "proxies", "told"), [(None, 0, []), (("X", "https"), 1, []), (("X", "https"), 0, ["core.W002"])])
def test_a_proxy_that_is_not_counted_is_pointed_out(settings, header, proxies, told):
    from core.checks import visitors_are_told_apart

    settings.SECURE_PROXY_SSL_HEADER, settings.ALLAUTH_TRUSTED_PROXY_COUNT = header, proxies
    assert [problem.id for problem in visitors_are_told_apart(None)] == told
