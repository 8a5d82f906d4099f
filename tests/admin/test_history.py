"""History: who changed what and from what to what, by whatever way it was changed."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from core.changes import changes_of
from core.admin import RecordAdmin
from office.models import Goal, NewsContact, NewsItem, Quote
from pghistory.models import Events
from tests import people
from tests.admin.forms import filled
from workshops import registrations
from workshops.models import Registration

pytestmark = pytest.mark.django_db

HANGING = [(Quote, "item"), (NewsContact, "item")]


def told(record, hanging=()):
    """[(verb, what, who, {field: what was struck out and what came})], newest first."""
    return [
        (str(change.verb), change.what, change.who, {label: parts for label, parts in change.fields})
        for change in changes_of(record, hanging)
    ]


def last(record, hanging=()):
    return told(record, hanging)[0]


def title(before, after):
    return {"Title, Mongolian": [("del", before), ("ins", after)]}


def test_what_an_editor_changes_is_told_with_name_and_both_values(client):
    item = people.news_item(title_en="One", title_mn="Өмнө", published=False)
    people.signed_in(client, people.editor(full_name="Suvdaa"))
    address = reverse("admin:office_newsitem_change", args=[item.pk])
    assert client.post(address, {**filled(client.get(address)), "title_mn": "Дараа"}).status_code == 302
    assert last(item) == ("changed", "News item «One»", "Suvdaa", title("Өмнө", "Дараа"))
    page = client.get(reverse("admin:office_newsitem_history", args=[item.pk])).content.decode()
    assert "Suvdaa" in page and "Өмнө" in page and "Дараа" in page


def test_saving():
    item = people.news_item(title_en="One", title_mn="Өмнө")
    item.title_mn = "Дараа"
    item.save()
    assert last(item) == ("changed", "News item «One»", "the portal itself", title("Өмнө", "Дараа"))


def test_saving_what_is_the_same_leaves_nothing():
    item = people.news_item()
    item.save()
    assert [verb for verb, *_rest in told(item)] == ["added"]


def test_update_of_many():
    items = [people.news_item(title_mn="Өмнө") for _each in range(3)]
    NewsItem.objects.update(title_mn="Дараа")
    assert [last(item)[3] for item in items] == [title("Өмнө", "Дараа")] * 3


def test_bulk_update():
    item = people.news_item(title_mn="Өмнө")
    item.title_mn = "Дараа"
    NewsItem.objects.bulk_update([item], ["title_mn"])
    assert last(item)[3] == title("Өмнө", "Дараа")


def test_bulk_create():
    (item,) = NewsItem.objects.bulk_create([NewsItem(slug="a", title_en="One", published_on="2026-01-01")])
    assert last(item)[:2] == ("added", "News item «One»")


def test_raw_sql():
    item = people.news_item(title_mn="Өмнө")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE office_newsitem SET title_mn = 'Дараа' WHERE id = %s", [item.pk])
    assert last(item)[3] == title("Өмнө", "Дараа")


def test_quotes_and_contacts_are_told_with_the_item(client):
    item = people.news_item()
    quote = Quote.objects.create(item=item, text_en="We listen.", speaker_en="A Minister")
    contact = people.press_contact(name="Press office")
    NewsContact.objects.create(item=item, contact=contact)
    quote.text_en = "We act."
    quote.save()
    quote.delete()
    of_quotes = [row for row in told(item, HANGING) if row[1].startswith("Quote")]
    assert [(verb, what) for verb, what, *_rest in of_quotes] == [
        ("deleted", "Quote «We act.»"),
        ("changed", "Quote «We act.»"),
        ("added", "Quote «We listen.»"),
    ]
    assert of_quotes[1][3] == {"Words, English": [("del", "We listen."), ("ins", "We act.")]}
    assert ("added", "Press contact") in [(verb, what) for verb, what, *_rest in told(item, HANGING)]
    people.signed_in(client, people.editor())
    page = client.get(reverse("admin:office_newsitem_history", args=[item.pk])).content.decode()
    assert "We listen." in page


def test_what_is_not_text_is_told_in_words():
    one, other = people.organisation(name_en="Old Fund"), people.organisation(name_en="New Fund")
    item = people.news_item(kind="news", funder=one, publish_at_en=None)
    item.funder, item.kind, item.publish_at_en = other, "statement", timezone.make_aware(timezone.datetime(2026, 3, 2, 9, 30))
    item.save()
    assert last(item)[3] == {
        "Kind": [("del", "News"), ("ins", "Statement")],
        "Public from, English": [("del", "–"), ("ins", "2 March 2026, 09:30")],
        "Funder": [("del", "Old Fund"), ("ins", "New Fund")],
    }


def test_of_a_long_text_the_words_that_changed_are_told():
    words = " ".join(f"word{number}" for number in range(100))
    item = people.news_item(body_en=f"<p>{words}</p>")
    item.body_en = f"<p>{words.replace('word50', 'fifty')}</p>"
    item.save()
    parts = last(item)[3]["Text, English"]
    assert ("del", "word50") in parts and ("ins", "fifty") in parts
    assert [text for kind, text in parts if kind == "same"] == [
        "… word44 word45 word46 word47 word48 word49",
        "word51 word52 word53 word54 word55 word56 …",
    ]


def test_a_rich_text_is_told_without_its_tags_unless_they_are_what_changed():
    item = people.news_item(body_en="<p>One</p>")
    item.body_en = "<p>Two</p>"
    item.save()
    assert last(item)[3] == {"Text, English": [("del", "One"), ("ins", "Two")]}
    NewsItem.objects.update(body_en="<h2>Two</h2>")
    assert last(item)[3] == {"Text, English": [("del", "<p>Two</p>"), ("ins", "<h2>Two</h2>")]}


def test_what_is_told_is_escaped(client):
    item = people.news_item(title_en="<script>alert(1)</script>")
    item.title_en = "<img src=x onerror=alert(2)>"
    item.save()
    people.signed_in(client, people.editor())
    page = client.get(reverse("admin:office_newsitem_history", args=[item.pk])).content.decode()
    assert "<script>alert(1)" not in page and "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_registration_tells_who_moved_it(client):
    registration = people.registration()
    organiser = people.organiser(full_name="Michidmaa")
    people.signed_in(client, organiser)
    address = reverse("admin:workshops_registration_changelist")
    client.post(address, {"action": "withdraw", "_selected_action": [registration.pk], "reason": "Ill"})
    assert Registration.objects.get(pk=registration.pk).state == "withdrawn"
    verb, what, who, fields = last(registration)
    assert (verb, who) == ("changed", "Michidmaa")
    assert fields["State"] == [("del", "Confirmed"), ("ins", "Withdrawn")]


def test_the_history_of_an_institution_names_no_participant(client):
    institution = people.organisation(name_en="Ministry")
    person = people.person(given_name="Нууцбат", given_name_latin="Nuutsbat", organisation=institution)
    registrations.register(people.workshop(), person, by=people.organiser(), organisation=institution)
    people.signed_in(client, people.editor())
    page = client.get(reverse("admin:contacts_organisation_history", args=[institution.pk])).content.decode()
    assert "Ministry" in page and "Нууцбат" not in page and "Nuutsbat" not in page


def test_history_takes_as_many_queries_for_many_changes_as_for_few(django_assert_num_queries):
    item = people.news_item()
    for number in range(2):
        change_all(item, number)
    with django_assert_num_queries(4):
        changes_of(item, HANGING)
    for number in range(20):
        change_all(item, number + 10)
    with django_assert_num_queries(4):
        assert len(changes_of(item, HANGING)) > 40


def change_all(item, number):
    item.title_en, item.funder = f"Title {number}", people.organisation()
    item.save()
    Quote.objects.create(item=item, text_en=f"Words {number}")


def test_a_password_is_never_in_the_history(client):
    user = people.editor()
    user.set_password("another-steppe-2014")
    user.role = "desk"
    user.save()
    people.signed_in(client, people.administrator())
    page = client.get(reverse("admin:accounts_user_history", args=[user.pk])).content.decode()
    assert "Check-in desk" in page
    assert "md5$" not in page and "Password" not in page.split("<main")[1]


def test_the_index_lists_ones_own_recent_actions(client):
    people.signed_in(client, people.editor())
    item = people.news_item(title_en="Seen on the index")
    address = reverse("admin:office_newsitem_change", args=[item.pk])
    client.post(address, {**filled(client.get(address)), "title_mn": "Дараа"})
    assert LogEntry.objects.get().object_repr == "Seen on the index"
    assert "Seen on the index" in client.get("/en/admin/").content.decode()


def test_whatever_the_office_edits_has_a_history():
    ours = [model for model, held in admin.site._registry.items() if isinstance(held, RecordAdmin)]
    assert ours and all(hasattr(model, "pgh_event_model") for model in ours)


def test_a_goal_tells_its_changes(client):
    goal = Goal.objects.create(number=1, name_en="No poverty", colour="#e5243b")
    goal.name_mn = "Ядуурлыг устгах"
    goal.save()
    people.signed_in(client, people.editor())
    assert "Ядуурлыг устгах" in client.get(reverse("admin:office_goal_history", args=[1])).content.decode()


def test_only_records_of_the_admin_lead_to_their_page(client):
    people.signed_in(client, people.editor())
    item = people.news_item()
    ours, others = (ContentType.objects.get_for_model(model) for model in (NewsItem, Events))
    assert client.get(reverse("admin:view_on_site", args=[ours.pk, item.pk])).status_code == 302
    for address in (f"{others.pk}/1", f"{10**30}/1", f"{ours.pk}/{10**30}", "x/x"):
        assert client.get(f"/en/admin/r/{address}/").status_code == 404
