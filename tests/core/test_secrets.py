"""Secret links: 128 bits, kept as a digest, compared whole, and in no log."""

import io
import logging
import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from core import masking
from core.secrets import digest_of
from tests import people
from workshops.models import Link

pytestmark = pytest.mark.django_db


def link(**details):
    return Link.objects.create(kind=Link.Kind.BADGE, registration=people.registration(), **details)


def test_a_token_has_128_bits_and_is_not_in_the_database():
    made = link()
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", made.token)
    row = Link.objects.filter(pk=made.pk).values().get()
    assert made.token not in str(row)
    assert row["digest"] == digest_of(made.token)


def test_a_token_leads_to_its_row_alone():
    one, other = link(), link()
    assert one.token != other.token
    assert Link.objects.by_token(one.token) == one
    for wrong in ("", "x", one.token[:-1], one.token + "A", one.token.swapcase(), "A" * 22, None):
        assert Link.objects.by_token(wrong) is None


def test_a_token_can_be_made_again_after_the_servers_key_has_changed(settings):
    made = Link.objects.get(pk=link().pk)
    token, old = made.token, settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key", [old]
    assert made.token == token
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(LookupError):
        made.token


def patterns(resolver, before=""):
    for pattern in resolver.url_patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, address)
        elif isinstance(pattern, URLPattern):
            yield address


def test_every_address_with_a_token_has_a_word_before_it_that_logs_know():
    with_token = [address for address in patterns(get_resolver()) if "token" in address and not address.startswith("accounts")]
    words = "|".join(masking.WORDS)
    assert [address for address in with_token if "<token:" in address and not re.search(rf"({words})/<token:", address)] == []


def test_no_log_holds_a_token(caplog):
    token = "abcDEF123-_abcDEF123-_"
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, "Not Found: %s", (f"/mn/answer/{token}/",), None)
    assert masking.MaskTokens().filter(record)
    assert record.getMessage() == "Not Found: /mn/answer/…/"
    plain = logging.LogRecord("django.request", logging.WARNING, "", 1, "Not Found: %s", ("/mn/workshops/a-slug/",), None)
    masking.MaskTokens().filter(plain)
    assert plain.getMessage() == "Not Found: /mn/workshops/a-slug/"


@pytest.mark.parametrize("words", ["no answer from /en/answer/{}/", "Reverse for 'page' with arguments ('{}',) not found."])
def test_no_token_stands_in_the_words_of_a_fault(words):
    """A traceback is put behind the record by the formatter; what the fault says must not give a link away."""
    token, out = "Ab-_" * 5 + "xy", io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(masking.MaskTokens())
    log = logging.Logger("faults")
    log.addHandler(handler)
    try:
        raise ValueError(words.format(token))
    except ValueError:
        log.exception("Internal Server Error: %s", f"/en/answer/{token}/")
    assert token not in out.getvalue()
    assert "Traceback" in out.getvalue() and "ValueError: " in out.getvalue()
