"""The check of links: what it collects, three strikes on three days, the way back, and the page on which editors read it."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from core import reach
from iom_mongolia import worker
from office import link_checks, links
from office.models import ActionLink, LinkCheck, Page
from tests import people, web_server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def site(monkeypatch):
    """A site outside, which for this name alone stands on this machine; nothing waits between two questions."""
    judged = reach.public_ip
    monkeypatch.setattr(reach, "public_ip", lambda name, port: "127.0.0.1" if name.endswith("somewhere.example") else judged(name, port))
    monkeypatch.setattr(link_checks, "_online", lambda: True)
    monkeypatch.setattr(link_checks, "PAUSE", 0)
    with web_server.running() as running:
        yield running


@pytest.fixture
def on_day(monkeypatch):
    def go(day):
        monkeypatch.setattr(link_checks.timezone, "localdate", lambda: date(2026, 3, day))

    return go


def text(*hrefs):
    return "".join(f'<p><a href="{href}">b</a></p>' for href in hrefs)


def check(**options):
    link_checks.collect()
    return link_checks.check(LinkCheck.objects.all(), **options)


# What is collected ---------------------------------------------------------------------------------------------


def test_links_of_everything_public_are_collected_with_their_places():
    item = people.news_item(title_en="Told", body_en=text("https://a.example/", "mailto:a@iom.example", "/en/news/x/"), body_mn=text("https://a.example/"), source_url="https://b.example/")
    people.indicator(source_url="https://c.example/")
    book = people.publication(url="https://d.example/", file=None)
    ActionLink.objects.create(slug="a", kind="help", title_en="a", title_mn="b", url="https://e.example/")
    held = people.workshop(description_mn=text("https://f.example/"), visibility="public")
    assert link_checks.collect() == LinkCheck.objects.count()
    found = dict(LinkCheck.objects.values_list("address", "places"))
    kept = {file.url for file in book.files.all() if file.url}
    assert set(found) == {"/en/news/x/", *(f"https://{letter}.example/" for letter in "abcdef"), *kept}
    assert [(place["model"], place["pk"], place["field"], link_checks.title_of(place)) for place in found["https://a.example/"]] == [
        ("office.newsitem", item.pk, "body_en", "Told"), ("office.newsitem", item.pk, "body_mn", "Told"),
    ]  # fmt: skip
    assert found["https://f.example/"][0]["pk"] == held.pk


def test_what_nobody_sees_is_not_collected():
    people.news_item(body_en=text("https://a.example/"), published=False)
    people.news_item(body_mn=text("https://b.example/"), title_mn="")
    people.work_area(body_en=text("https://c.example/"), is_public=False)
    people.indicator(source_url="https://d.example/", confidence="low")
    people.publication(url="https://e.example/", is_public=False)
    people.workshop(description_en=text("https://f.example/"), visibility="internal")
    assert link_checks.collect() == 0


def test_the_way_to_apply_is_looked_at_while_it_is_open():
    open_one = people.opportunity(apply_url="https://a.example/")
    assert link_checks.collect() == 1
    open_one.opens_at, open_one.closes_at = timezone.now() - timedelta(days=9), timezone.now() - timedelta(days=1)
    open_one.save()
    assert link_checks.collect() == 0


def test_a_link_that_stands_nowhere_any_more_is_forgotten_and_one_that_stays_keeps_its_strikes():
    item = people.news_item(body_en=text("https://a.example/", "https://b.example/"))
    link_checks.collect()
    LinkCheck.objects.update(problem="status", strikes=2, failed_on=date(2026, 3, 1))
    item.body_en = text("https://b.example/")
    item.save()
    again = people.news_item(body_en=text("https://b.example/"))
    assert link_checks.collect() == 1
    (kept,) = LinkCheck.objects.all()
    assert (kept.address, kept.strikes, [place["pk"] for place in kept.places]) == ("https://b.example/", 2, [again.pk, item.pk])


def test_collecting_costs_no_more_for_more(django_assert_max_num_queries):
    people.news_item(body_en=text("https://a.example/"))
    with CaptureQueriesContext(connection) as one:
        link_checks.collect()
    LinkCheck.objects.all().delete()
    for number in range(5):
        people.news_item(body_en=text(f"https://{number}.example/"))
    with CaptureQueriesContext(connection) as more:
        link_checks.collect()
    assert len(more) == len(one)


# Strikes -------------------------------------------------------------------------------------------------------


def test_three_strikes_on_three_days_and_the_way_back(site, on_day):
    site.pages["/"] = 500
    people.news_item(body_en=text(site.url()))
    for day, strikes, called in [(1, 1, []), (1, 1, []), (2, 2, []), (5, 3, [site.url()])]:
        on_day(day)
        check()
        row = LinkCheck.objects.get()
        assert (row.strikes, row.status, row.problem, row.failed_on) == (strikes, 500, "status", date(2026, 3, 1))
        assert [each.address for each in links.broken()] == called
        assert row.is_broken == bool(called)
    site.pages["/"] = 200
    check()
    row = LinkCheck.objects.get()
    assert (row.strikes, row.status, row.problem, row.failed_on, row.struck_on) == (0, 200, "", None, None)
    assert not links.broken().exists()


def test_what_works_and_what_does_not(site, monkeypatch):
    monkeypatch.setattr(reach, "SECONDS", 0.2)
    site.pages |= {
        "/200": 200, "/301": (301, {"Location": "/200"}), "/slow": web_server.slowly(0.6), "/500": 500,
        "/no-head": lambda method: 200 if method == "GET" else 405,
    }  # fmt: skip
    people.news_item(body_en=text(*map(site.url, ["/200", "/301", "/404", "/slow", "/500", "/no-head"]), "http://10.0.0.1/"))
    done = check()
    assert (done.checked, done.failed) == (7, 4)
    found = {row.address.rsplit("/", 1)[1]: (row.status, row.problem) for row in LinkCheck.objects.all()}
    assert found == {
        "200": (200, ""), "301": (200, ""), "404": (404, "status"), "slow": (None, "timeout"), "500": (500, "status"), "no-head": (200, ""), "": (None, "private"),
    }  # fmt: skip
    assert LinkCheck.objects.get(address=site.url("/301")).leads_to == site.url("/200")
    # A private network needs no second look.
    assert [row.address for row in links.broken()] == ["http://10.0.0.1/"]


def test_a_dead_link_of_this_site_is_broken_at_once_and_nobody_is_asked(site):
    told = people.news_item(slug="told")
    people.news_item(body_en=text("/en/news/told/", "/en/news/gone/", "/en/news/?a=1&amp;b=2"))
    assert check(outside=False).checked == 3
    assert [row.address for row in links.broken()] == ["/en/news/gone/"]
    told.publish_at_en = told.publish_at_mn = None
    told.save()
    check(outside=False)
    assert [row.address for row in links.broken()] == ["/en/news/gone/", "/en/news/told/"]
    assert site.asked == []


def test_whoever_is_offline_holds_it_against_nobody(site, monkeypatch):
    monkeypatch.setattr(link_checks, "_online", lambda: False)
    people.news_item(body_en=text(site.url("/404")))
    assert check().offline
    row = LinkCheck.objects.get()
    assert (row.checked_at, row.strikes) == (None, 0)


def test_a_site_is_asked_one_thing_at_a_time(site, monkeypatch):
    monkeypatch.setattr(link_checks, "PAUSE", 7)
    waited = []
    monkeypatch.setattr(link_checks.time, "sleep", waited.append)
    here, there = site.url(""), site.url("").replace("somewhere", "else.somewhere")
    people.news_item(body_en=text(f"{here}/1", f"{here}/2", f"{there}/1"))
    check()
    # Here, there, and here again after a pause.
    assert [round(seconds) for seconds in waited] == [0, 0, 7]
    assert [headers["Host"].split(".")[0] for _method, _path, headers in site.asked if _method == "HEAD"] == ["somewhere", "else", "somewhere"]


def test_the_worker_checks_what_is_due_for_some_seconds_and_outside_in_production_alone(site, settings):
    assert ("office.link_checks.check_due", 300) in worker.CHORES
    site.pages["/"] = 200
    people.news_item(body_en=text(site.url(), "/en/news/gone/"))
    worker.do_chore("office.link_checks.check_due")
    assert site.asked == [] and links.broken().count() == 1
    settings.IN_PRODUCTION = True
    worker.do_chore("office.link_checks.check_due")
    worker.do_chore("office.link_checks.check_due")
    assert len(site.asked) == 1
    LinkCheck.objects.update(checked_at=timezone.now() - link_checks.AGAIN_AFTER - timedelta(minutes=1))
    link_checks.SECONDS_AT_A_TIME, before = 0, link_checks.SECONDS_AT_A_TIME
    try:
        worker.do_chore("office.link_checks.check_due")
    finally:
        link_checks.SECONDS_AT_A_TIME = before
    assert len(site.asked) == 1


def test_the_command_says_what_it_found(site):
    site.pages["/"] = 200
    people.news_item(title_en="Told", body_en=text(site.url(), "/en/news/gone/"))
    said = StringIO()
    call_command("check_links", stdout=said)
    assert said.getvalue().splitlines()[0] == "2 links, 2 checked, 1 failed, 1 broken."
    assert "/en/news/gone/: leads to nothing" in said.getvalue() and "Told: office.newsitem" in said.getvalue()
    said = StringIO()
    call_command("check_links", stdout=said)
    assert said.getvalue().startswith("2 links, 0 checked")
    call_command("check_links", "--all", "--inside", stdout=StringIO())
    assert [method for method, *_more in site.asked] == ["HEAD"]


def test_the_database_keeps_failures_and_their_first_day_together():
    with pytest.raises(IntegrityError), transaction.atomic():
        LinkCheck.objects.create(address="https://a.example/", strikes=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        LinkCheck.objects.create(address="https://a.example/", problem="status")


# The editors' page --------------------------------------------------------------------------------------------


def listed(client, **query):
    return client.get(reverse("admin:office_linkcheck_changelist"), query).content.decode()


def test_editors_read_where_broken_links_stand(client, site, django_assert_num_queries):
    page = Page.objects.create(key="about", title_en="About us", publish_at_en=timezone.now(), body_en=text("/en/news/gone/"))
    people.news_item(body_en=text(site.url("/404")))
    check()
    people.signed_in(client, people.editor())
    shown = listed(client)
    assert "/en/news/gone/" in shown and reverse("admin:office_page_change", args=[page.pk]) in shown and "Text, English" in shown
    assert site.url("/404") not in shown
    assert site.url("/404") in listed(client, standing="failing")
    assert site.url("/404") in listed(client, standing="all")
    with CaptureQueriesContext(connection) as one:
        listed(client)
    page.body_en = text("/en/news/gone/", "/en/news/lost/", "/en/news/away/")
    page.save()
    check()
    with CaptureQueriesContext(connection) as more:
        assert "/en/news/away/" in listed(client)
    assert len(more) == len(one)


def test_checking_again_is_a_press_of_those_who_publish(client, site):
    people.news_item(body_en=text(site.url("/a")))
    check()
    row = LinkCheck.objects.get()
    again = {"action": "check_again", "_selected_action": [row.pk]}
    address = f"{reverse('admin:office_linkcheck_changelist')}?standing=all"
    people.signed_in(client, people.writer())
    client.post(address, again)
    row.refresh_from_db()
    assert row.problem == "status"
    site.pages["/a"] = 200
    people.signed_in(client, people.editor())
    answer = client.post(address, again, follow=True)
    assert "1 link was checked, 0 failed." in answer.content.decode()
    row.refresh_from_db()
    assert row.problem == ""
