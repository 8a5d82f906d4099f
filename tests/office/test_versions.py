"""Versions: what is saved of a public item waits and is seen by nobody; versions are kept, compared and restored."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from office import reviews, versions
from office.models import ChangeNote, NewsItem, Page, Quote, Redirect, Version
from tests import people
from tests.admin.forms import filled
from tests.office.desk import change, rich_item

pytestmark = pytest.mark.django_db


# What waits ----------------------------------------------------------------------------------------------------


def test_what_is_saved_of_a_public_item_waits_and_nothing_of_it_is_seen(client):
    item = rich_item(slug="seen")
    before, was = versions.snapshot(item), client.get("/en/news/seen/").content
    people.signed_in(client, people.editor())
    change(client, item, **{"title_en": "Changed", "quotes-0-text_en": "Said otherwise.", "quotes-TOTAL_FORMS": 2, "quotes-1-text_en": "Said anew.", "quotes-1-order": "2"})
    client.logout()
    assert versions.snapshot(item) == before and client.get("/en/news/seen/").content == was
    waiting = versions.waits(item)
    assert waiting.data["fields"]["title_en"] == "Changed"
    assert [row["text_en"] for row in waiting.data["parts"]["quote"]] == ["Said otherwise.", "Said anew."]


def test_the_change_page_shows_what_waits_and_goes_on_from_there(client):
    item = rich_item()
    people.signed_in(client, people.editor())
    change(client, item, **{"title_en": "Changed once", "quotes-TOTAL_FORMS": 2, "quotes-1-text_en": "Said anew.", "quotes-1-order": "2"})
    page = client.get(reverse("admin:office_newsitem_change", args=[item.pk]))
    assert page.context["adminform"].form["title_en"].value() == "Changed once" and "Said anew." in page.text
    # The row that only the version holds is changed like any other.
    change(client, item, **{"lead_en": "Changed twice", "quotes-1-text_en": "Said anew and better."})
    data = versions.waits(item).data
    assert (data["fields"]["title_en"], data["fields"]["lead_en"]) == ("Changed once", "Changed twice")
    assert [row["text_en"] for row in data["parts"]["quote"]] == ["First said.", "Said anew and better."]
    reviews.publish(item, by=people.editor(), moments={})
    item.refresh_from_db()
    assert item.title_en == "Changed once"
    assert list(item.quotes.values_list("text_en", flat=True)) == ["First said.", "Said anew and better."]
    assert versions.waits(item) is None


def test_a_version_written_back_is_the_same_text(client):
    item = rich_item()
    before = versions.snapshot(item)
    Quote.objects.filter(item=item).delete()
    item.institutions.clear()
    NewsItem.objects.filter(pk=item.pk).update(title_en="Lost", title_mn="")
    versions.write_back(NewsItem.objects.get(pk=item.pk), before)
    assert versions.snapshot(item) == before


def test_rows_that_exchanged_what_only_one_can_hold_are_written_back():
    item = rich_item()
    before = people.picture(item=item), people.picture(item=item)
    data = versions.snapshot(item)
    first, second = data["parts"]["newspicture"]
    first["picture_id"], second["picture_id"] = second["picture_id"], first["picture_id"]
    versions.write_back(item, data)
    assert versions.snapshot(item) == data and [row.picture for row in item.pictures.order_by("pk")] == [*reversed(before)]


def test_a_look_at_what_waits_leaves_no_trace():
    item = rich_item()
    data = versions.snapshot(item)
    data["fields"]["title_en"] = "Waiting"
    versions.keep(item, data, by=people.editor())
    before = NewsItem.pgh_event_model.objects.count()
    with versions.as_it_will_be(item) as version:
        assert NewsItem.objects.get(pk=item.pk).title_en == "Waiting" and version is not None
    assert NewsItem.objects.get(pk=item.pk).title_en == "As published"
    assert NewsItem.pgh_event_model.objects.count() == before


def test_a_draft_is_its_own_newest_text(client):
    item = people.news_item(published=False)
    people.signed_in(client, people.writer())
    change(client, item, title_en="Draft two")
    item.refresh_from_db()
    assert item.title_en == "Draft two" and versions.waits(item) is None
    assert [version.state for version in Version.objects.of(item)] == ["writing", "earlier"]


def test_what_is_refused_leaves_nothing_and_loses_nothing(client):
    item = rich_item()
    people.signed_in(client, people.editor())
    address = reverse("admin:office_newsitem_change", args=[item.pk])
    answer = client.post(address, {**filled(client.get(address)), "title_en": "Typed", "published_on": "never"})
    assert answer.status_code == 200 and "Typed" in answer.text
    assert versions.open_of(item) is None


def test_saving_without_a_change_makes_no_version(client):
    item = rich_item()
    people.signed_in(client, people.editor())
    change(client, item)
    assert versions.open_of(item) is None
    change(client, item, title_en="Changed")
    change(client, item)
    assert Version.objects.of(item).open().count() == 1 and Version.objects.of(item).count() == 2


def test_the_old_address_leads_on_once_a_changed_slug_is_published(client):
    item = rich_item(slug="first")
    people.signed_in(client, people.editor())
    change(client, item, slug="second")
    assert client.get("/en/news/first/").status_code == 200 and not Redirect.objects.exists()
    reviews.publish(item, by=people.editor(), moments={})
    assert client.get("/en/news/first/")["Location"] == "/en/news/second/"


def test_an_address_that_another_item_took_meanwhile_is_refused_at_publication_and_can_be_mended(client):
    item = rich_item(slug="first")
    people.signed_in(client, people.editor())
    change(client, item, slug="taken", title_en="Waiting")
    people.news_item(slug="taken")
    answer = client.post(reverse("admin:office_newsitem_act", args=[item.pk, "publish"]))
    assert answer.status_code == 422 and "Another item has this address" in answer.text
    assert NewsItem.objects.get(pk=item.pk).slug == "first"
    # The change page opens all the same, with its words.
    page = client.get(reverse("admin:office_newsitem_change", args=[item.pk]))
    assert page.status_code == 200 and page.context["adminform"].form["title_en"].value() == "Waiting"
    change(client, item, slug="free")
    reviews.publish(item, by=people.editor(), moments={})
    assert NewsItem.objects.get(pk=item.pk).slug == "free"


def test_pages_go_through_the_desk_too(client):
    page = Page.objects.create(key="about", title_en="About", title_mn="Бидний тухай", lead_en="Public.", publish_at_en=timezone.now() - timedelta(days=1))
    people.signed_in(client, people.writer())
    address = reverse("admin:office_page_change", args=[page.pk])
    assert client.post(address, {**filled(client.get(address)), "lead_en": "Waiting."}).status_code == 302
    page.refresh_from_db()
    assert page.lead_en == "Public." and versions.waits(page).data["fields"]["lead_en"] == "Waiting."


# The database holds it -----------------------------------------------------------------------------------------


def test_a_version_says_for_ever_what_it_said():
    item = people.news_item(published=False)
    version = versions.keep(item, versions.snapshot(item), by=people.editor())
    version.data = {"fields": {}}
    with pytest.raises(Exception, match="version_says_the_same|Cannot update"), transaction.atomic():
        version.save()


def test_one_version_is_open_and_one_published():
    item = people.news_item(published=False)
    first = versions.keep(item, versions.snapshot(item), by=people.editor())
    more = {"content_type": first.content_type, "object_id": item.pk, "data": {}, "saved_at": timezone.now(), "since": timezone.now()}
    with pytest.raises(IntegrityError, match="version_one_open"), transaction.atomic():
        Version.objects.create(number=2, state="in-review", **more)
    with pytest.raises(IntegrityError, match="version_read_by_two"), transaction.atomic():
        Version.objects.create(
            number=2, state="published", published_by=people.editor(), published_at=timezone.now(), needs_two=True, **more
        )


# Compare and restore -------------------------------------------------------------------------------------------


def test_two_versions_are_compared_word_by_word_and_one_restored(client):
    item = rich_item(body_en="<p>" + "The quick brown fox jumps over the lazy dog and runs home. " * 3 + "</p>")
    people.signed_in(client, people.editor())
    change(client, item, body_en="<p>" + "The quick brown fox jumps over the lazy dog and runs home. " * 2 + "The quick red fox stays.</p>")
    change(client, item, title_en="Third", **{"quotes-0-DELETE": "on"})
    page = client.get(reverse("admin:office_newsitem_versions", args=[item.pk]) + "?from=1&to=2")
    [body] = page.context["changes"]
    assert ("ins", "red") in body.parts and body.language == "en"
    page = client.get(reverse("admin:office_newsitem_versions", args=[item.pk]) + "?from=2&to=3")
    labels = [each.label for each in page.context["changes"]]
    assert labels[0] == "Title, English" and any("Quote" in label for label in labels)
    answer = client.post(reverse("admin:office_newsitem_restore", args=[item.pk]), {"version": 1})
    assert answer.status_code == 302
    assert versions.open_of(item) is None or versions.open_of(item).data == Version.objects.of(item).get(number=1).data


def test_what_is_compared_is_named_in_words_for_those_who_write(client):
    """The text that no version holds is the draft, or the published text; never rows and fields."""
    people.signed_in(client, people.editor())
    for item, words in [(rich_item(), "the published text"), (rich_item(slug="draft", publish_at_en=None, publish_at_mn=None), "the draft as it stands")]:
        change(client, item, title_en="Another")
        page = client.get(reverse("admin:office_newsitem_versions", args=[item.pk]))
        assert f'<option value="0">{words}</option>' in page.content.decode()


@pytest.mark.parametrize("query", ["?from=x&to=99999999999", "?from=0", "?to=77", ""])
def test_versions_that_do_not_exist_are_no_error(client, query):
    item = rich_item()
    people.signed_in(client, people.editor())
    assert client.get(reverse("admin:office_newsitem_versions", args=[item.pk]) + query).status_code == 200


def test_a_change_note_waits_with_the_change_it_tells_of(client):
    item = rich_item(slug="corrected")
    people.signed_in(client, people.editor())
    note = {"changes-TOTAL_FORMS": "1", "changes-0-kind": "correction", "changes-0-on": "2026-05-03"}
    change(client, item, **note, **{"changes-0-text_en": "Seven, not six.", "changes-0-text_mn": "Зургаа биш, долоо."})
    assert not ChangeNote.objects.exists() and "Seven, not six." not in client.get("/en/news/corrected/").text
    reviews.publish(item, by=people.editor(), moments={})
    assert "Seven, not six." in client.get("/en/news/corrected/").text


def test_the_versions_go_with_their_item():
    item = rich_item()
    versions.keep(item, {**versions.snapshot(item), "many": {}}, by=people.editor())
    item.delete()
    assert not Version.objects.exists()
