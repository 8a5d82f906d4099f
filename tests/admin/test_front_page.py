"""The first page of those who edit: what waits for them, what is about to happen, what is out of order."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from office import front_page, reviews, versions
from office.models import LinkCheck, NewsItem, Page, Version
from tests import people
from tests.office.test_languages import old_item, written

pytestmark = pytest.mark.django_db


def section(user, key):
    return next(each for each in front_page.sections(user) if each.key == key)


def texts(user, key):
    return [line.text for line in section(user, key).lines]


def begun(by, **fields):
    """A public item of which a version waits that `by` wrote."""
    item = people.news_item(title_en="As published")
    data = versions.snapshot(item)
    data["fields"].update(fields)
    return item, versions.keep(item, data, by=by)


def test_what_waits_for_each_is_theirs_alone():
    writer, reviewer = people.writer(), people.reviewer()
    item, _version = begun(writer, title_en="Newest title")
    assert (texts(writer, "drafts"), texts(writer, "to-do"), texts(reviewer, "to-do")) == (["Newest title"], [], [])
    reviews.submit(item, by=writer)
    assert (texts(writer, "drafts"), texts(writer, "to-do"), texts(reviewer, "to-do")) == (["Newest title"], [], ["Newest title"])
    # It is with others now, and she sees where.
    assert [line.words for line in section(writer, "drafts").lines] == ["waiting for a reviewer"]
    [line] = section(reviewer, "to-do").lines
    assert line.url == reverse("admin:office_newsitem_desk", args=[item.pk]) and line.words == "Review it"


def test_what_stops_publication_is_said_of_what_waits():
    writer = people.writer()
    begun(writer, body_en='<p>[fill in: quote] <a href="/en/news/nowhere/">The news</a></p>')
    begun(writer, title_en="Fine")
    assert {line.text: line.stops for line in section(writer, "drafts").lines} == {"As published": "2 findings stop publication", "Fine": ""}


def test_what_appears_and_ends_in_fourteen_days_is_told_by_language():
    now = timezone.now()
    days = {number: now + timedelta(days=number) for number in (1, 2, 3, 13, 15)}
    people.news_item(title_en="Soon", title_mn="Удахгүй", publish_at_en=days[2], publish_at_mn=days[15])
    people.news_item(title_en="Ends", unpublish_at_en=days[1])
    people.news_item(title_en="Never out", published=False, unpublish_at_en=days[1])
    people.news_item(title_en="Later", publish_at_en=days[15])
    people.news_item(title_en="", title_mn="Зөвхөн", publish_at_en=days[1], publish_at_mn=days[3])
    Page.objects.create(key="about", title_en="A page", title_mn="Хуудас", publish_at_mn=days[13])
    found = section(people.writer(), "scheduled")
    assert [(line.text, line.words) for line in found.lines] == [
        ("Ends", "English ends"), ("Soon", "English appears"), ("Зөвхөн", "Mongolian appears"), ("Хуудас", "Mongolian appears"),
    ]  # fmt: skip
    assert found.number == 4


def test_mongolian_that_lags_is_told_the_longest_first():
    for title, days in (("A week", 7), ("A month", 30)):
        written(people.news_item(title_en=title), en=days, mn=60)
    old_item(title_en="Fine")
    written(people.work_area(name_en="An area"), en=1, mn=2)
    found = section(people.writer(), "lags")
    assert [line.text for line in found.lines] == ["A month", "A week", "An area"] and found.number == 3


def test_broken_links_lead_to_where_they_stand():
    item = people.news_item(title_en="With a link")
    place = {"model": "office.newsitem", "pk": item.pk, "field": "body_en", "titles": {"en": "With a link", "mn": "Холбоостой"}}
    LinkCheck.objects.create(address="https://gone.example/", problem="status", strikes=3, failed_on=timezone.localdate(), places=[place, place, place])
    LinkCheck.objects.create(address="https://twice.example/", problem="status", strikes=2, failed_on=timezone.localdate(), places=[place])
    strange = {"model": "office.nothing", "pk": 1, "field": "url", "titles": {"en": "A part", "mn": "Хэсэг"}}
    LinkCheck.objects.create(address="/en/nowhere/", problem="inside", failed_on=timezone.localdate(), places=[strange])
    lines = {line.text: line for line in section(people.writer(), "links").lines}
    assert lines["https://gone.example/"].url == f"{reverse('admin:office_newsitem_change', args=[item.pk])}#id_body_en"
    assert lines["https://gone.example/"].words == "With a link and 2 more"
    assert (lines["/en/nowhere/"].url, lines["/en/nowhere/"].words, set(lines)) == ("", "A part", {"https://gone.example/", "/en/nowhere/"})


def test_consents_that_end_are_told_while_the_picture_is_used():
    item, today = people.news_item(), timezone.localdate()
    for words, until, used in (("Ended", -1, True), ("Soon", 29, True), ("Later", 30, True), ("Unused", 1, False)):
        people.picture(
            alt_en=words, item=item if used else None, order=until + 5,
            consent="given", consent_note="By letter.", consent_until=today + timedelta(days=until),
        )  # fmt: skip
    people.picture(alt_en="Not needed", item=item, order=99)
    lines = section(people.writer(), "consents").lines
    assert [line.text for line in lines] == ["Ended", "Soon"] and ["shown nowhere" in line.words for line in lines] == [True, False]


def test_where_there_is_nothing_it_says_so(client):
    people.signed_in(client, people.writer())
    page = client.get("/en/admin/")
    for each in page.context["front"]:
        assert each.lines == [] and str(each.empty) in page.text


@pytest.mark.parametrize("role, sees", [("organiser", False), ("writer", True), ("reviewer", True), ("editor", True), ("administrator", True)])
def test_those_who_edit_have_a_first_page(client, role, sees):
    user = getattr(people, role)()
    people.signed_in(client, user)
    page = client.get("/en/admin/")
    assert page.status_code == 200 and bool(page.context.get("front")) is sees
    today = client.get("/en/staff/").text
    assert (reverse("admin:board") in today and f'href="{reverse("admin:index")}"' in today) is sees


def test_the_first_page_asks_the_same_few_times(client):
    writer = people.writer()
    people.signed_in(client, writer)
    numbers = []
    for number in (1, 3):
        for each in range(number):
            begun(writer, title_en=f"Begun {each}", body_en=f'<p><a href="/en/news/nowhere-{each}/">The news</a></p>')
            written(people.news_item(), en=1, mn=2)
            people.news_item(publish_at_en=timezone.now() + timedelta(days=1))
            LinkCheck.objects.create(address=f"/{number}/{each}/", problem="inside", failed_on=timezone.localdate())
        with CaptureQueriesContext(connection) as asked:
            front_page.sections(writer)
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] <= 12
    assert Version.objects.open().count() == 4 and NewsItem.objects.count() == 12
    client.get("/en/admin/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/en/admin/")
    assert len(asked) <= 16


def test_it_speaks_the_language_of_the_reader(client):
    begun_by = people.writer()
    begun(begun_by, title_en="In English", title_mn="Монголоор")
    people.signed_in(client, begun_by)
    page = client.get("/mn/admin/").text
    assert "Монголоор" in page and "Миний ноорог" in page
