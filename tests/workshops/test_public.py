"""The public workshop pages: what is told, and what never is."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests import people
from workshops.models import Workshop

pytestmark = pytest.mark.django_db


def test_the_page_tells_when_where_how_many_who_and_who_pays(client):
    old_ministry = people.organisation(name_en="Ministry of Labour of that day", name_mn="Тухайн үеийн яам", valid_to=date(2014, 4, 1))
    people.workshop(
        slug="policy", title_en="Labour migration policy", starts_on=date(2030, 12, 16), venue_en="UN House", seats={old_ministry: (4, 6)},
        funder=people.organisation(name_en="IOM Development Fund"), nomination_deadline=timezone.now() + timedelta(days=3),
    )  # fmt: skip
    html = client.get("/en/workshops/policy/").text
    for words in ("Labour migration policy", "16–17 December 2030", "Ulaanbaatar", "UN House", "IOM Development Fund", "Ministry of Labour of that day"):
        assert words in html, words
    assert '<dd>30</dd>' in html
    assert "Тухайн үеийн яам" in client.get("/mn/workshops/policy/").text


def test_no_participant_and_no_count_of_an_institution_is_ever_told(client):
    ministry = people.organisation(name_en="Ministry of Finance")
    workshop = people.workshop(slug="policy", capacity=30, seats={ministry: (87417, 87523)}, note="Nobody outside reads this")
    person = people.person(
        given_name="Сарангоо", patronymic="Дамдин", given_name_latin="Sarangoo", patronymic_latin="Damdin",
        email="sarangoo@gov.example", phone="+97699112233", organisation=ministry, job_title="Ахлах мэргэжилтэн",
    )  # fmt: skip
    people.registration(workshop=workshop, person=person, organisation=ministry)
    secrets = ["Sarangoo", "Сарангоо", "Damdin", "Дамдин", "sarangoo@gov", "99112233", "Ахлах", "Nobody outside"]
    for address in ("/en/workshops/policy/", "/mn/workshops/policy/", "/en/workshops/", "/mn/workshops/", "/en/", "/mn/"):
        html = client.get(address).text
        assert [secret for secret in secrets if secret in html] == [], address
        assert not re.search(r"\b(87417|87523)\b", html), address
    for word in ("Sarangoo", "Damdin", "99112233", "sarangoo@gov.example"):
        assert list(client.get("/en/search/", {"q": word}).context["results"]) == [], word
        assert list(client.get("/mn/search/", {"q": word}).context["results"]) == [], word


@pytest.mark.parametrize("details", [{"status": "draft"}, {"visibility": "internal"}])
def test_a_draft_or_internal_workshop_does_not_exist_here(client, details):
    people.workshop(slug="hidden", **details)
    for language in ("en", "mn"):
        assert client.get(f"/{language}/workshops/hidden/").status_code == 404
        assert "/workshops/hidden/" not in client.get(f"/{language}/workshops/").text


def test_an_unlisted_workshop_is_read_by_address_alone(client):
    people.workshop(slug="by-address", visibility="unlisted")
    response = client.get("/en/workshops/by-address/")
    assert response.status_code == 200
    assert '<meta name="robots" content="noindex">' in response.text
    for address in ("/en/workshops/", "/en/", "/sitemap.xml"):
        assert "by-address" not in client.get(address).text


def test_cancelled_and_postponed_say_so(client):
    people.workshop(slug="cancelled", status="cancelled", title_en="Cancelled one")
    people.workshop(slug="postponed", status="postponed", starts_in=-30, title_en="Postponed one")
    assert "This workshop was cancelled" in client.get("/en/workshops/cancelled/").text
    assert "This workshop was postponed" in client.get("/en/workshops/postponed/").text
    context = client.get("/en/workshops/").context
    assert [workshop.slug for workshop in context["upcoming"]] == ["cancelled", "postponed"]
    assert list(context["rows"]) == []


def test_a_cancelled_workshop_leaves_the_list_after_its_day(client):
    people.workshop(slug="cancelled", status="cancelled", starts_in=-30)
    context = client.get("/en/workshops/").context
    assert list(context["upcoming"]) == []
    assert list(context["rows"]) == []


def test_past_workshops_tell_who_took_part_as_reported(client):
    people.workshop(
        slug="past", status="completed", starts_on=date(2023, 3, 30), reported_participants=25, reported_women=16, reported_men=9
    )
    people.workshop(slug="unknown", status="completed", starts_on=date(2013, 1, 1), precision="year", reported_participants=30)
    html = client.get("/en/workshops/past/").text
    assert "16 women, 9 men" in html
    assert "women" not in client.get("/en/workshops/unknown/").text
    assert "25 participants" in client.get("/en/workshops/").text


def test_upcoming_stand_soonest_first_and_past_newest_first(client):
    for days in (50, 10, -10, -50):
        people.workshop(slug=f"in{days}", starts_in=days)
    context = client.get("/en/workshops/").context
    assert [workshop.slug for workshop in context["upcoming"]] == ["in10", "in50"]
    assert [workshop.slug for workshop in context["rows"]] == ["in-10", "in-50"]


def test_a_day_known_to_the_month_is_over_with_its_month():
    today = date(2026, 6, 20)
    this, last = (
        people.workshop(starts_on=date(2026, month, 1), ends_on=None, precision="month", days=1) for month in (6, 5)
    )
    this_year = people.workshop(starts_on=date(2026, 1, 1), ends_on=None, precision="year", days=1)
    Workshop.objects.update(ends_on=None)
    assert set(Workshop.objects.upcoming(today)) == {this, this_year}
    assert set(Workshop.objects.past(today)) == {last}


def test_a_workshop_with_open_dates_is_to_come(client):
    people.workshop(slug="open", starts_on=None)
    assert [workshop.slug for workshop in client.get("/en/workshops/").context["upcoming"]] == ["open"]
    assert client.get("/mn/workshops/open/").status_code == 200


def test_a_workshop_in_one_language_says_so_in_the_other(client):
    people.workshop(slug="english", title_en="English alone", title_mn="")
    response = client.get("/mn/workshops/english/")
    assert response.status_code == 200
    assert '<a href="/en/workshops/english/" hreflang="en" lang="en">English alone</a>' in response.text
    assert "english" not in client.get("/mn/workshops/").text


def test_an_institution_without_a_name_in_the_language_is_marked_as_being_in_the_other(client):
    people.workshop(slug="one", seats={people.organisation(name_en="Asia Foundation", name_mn=""): (0, None)})
    assert '<span lang="en">Asia Foundation</span>' in client.get("/mn/workshops/one/").text


def test_related_news_are_published_ones_alone(client):
    workshop = people.workshop(slug="one")
    workshop.news.add(people.news_item(slug="told"), people.news_item(slug="untold", published=False))
    assert [item.slug for item in client.get("/en/workshops/one/").context["news"]] == ["told"]
