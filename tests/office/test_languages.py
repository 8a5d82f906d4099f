"""The two languages of an item: when the words of each were changed, and whether the Mongolian is behind."""

from datetime import datetime, timedelta
from importlib import import_module

import pgtrigger
import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from office import languages, reviews, versions
from office.models import NewsItem, Page, Quote, Resource, SaidTheSame, WorkArea
from tests import people

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(days=30)


def written(item, **days_ago):
    """The item as if its words had been changed so many days ago: en=…, mn=…."""
    moments = {f"changed_at_{code}": timezone.now() - timedelta(days=days) for code, days in days_ago.items()}
    with pgtrigger.ignore(f"{item._meta.label}:words_dated"):
        type(item).objects.filter(pk=item.pk).update(**moments)
    return type(item).objects.get(pk=item.pk)


def old_item(**details):
    return written(people.news_item(**details), en=30, mn=30)


def changed(item):
    """The languages whose words were changed since they were `written`."""
    item.refresh_from_db()
    return {code for code in ("en", "mn") if (moment := getattr(item, f"changed_at_{code}")) and timezone.now() - moment < timedelta(days=1)}


# Dates of words ------------------------------------------------------------------------------------------------


def test_new_words_are_dated_in_the_languages_that_have_some():
    item = people.news_item(title_mn="", body_mn="")
    item.refresh_from_db()
    assert item.changed_at_en is not None and item.changed_at_mn is None


@pytest.mark.parametrize("code", ["en", "mn"])
@pytest.mark.parametrize("name", NewsItem.WORDS)
def test_each_word_of_news_is_dated_in_its_language(name, code):
    item = old_item()
    setattr(item, f"{name}_{code}", "Anew")
    item.save()
    assert changed(item) == {code}


def test_what_is_no_word_dates_nothing():
    item = old_item()
    item.kind, item.published_on, item.publish_at_en = "story", item.published_on + timedelta(days=1), None
    item.save()
    assert changed(item) == set()


def test_bulk_and_raw_writes_are_dated_too():
    one, other = old_item(), old_item()
    NewsItem.objects.filter(pk=one.pk).update(lead_mn="Шинэ")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE office_newsitem SET title_en = 'Raw' WHERE id = %s", [other.pk])
    assert (changed(one), changed(other)) == ({"mn"}, {"en"})


def test_nobody_else_dates_words():
    item = old_item()
    NewsItem.objects.filter(pk=item.pk).update(changed_at_en=timezone.now(), kind="story")
    assert changed(item) == set()
    stale = NewsItem.objects.get(pk=item.pk)
    NewsItem.objects.filter(pk=item.pk).update(title_en="Newer")
    # Whoever saves what was read before takes no date back.
    stale.title_en = "Newer"
    stale.save()
    assert changed(item) == {"en"}


def test_the_words_of_a_quote_are_the_items():
    item = old_item()
    quote = Quote.objects.create(item=item, text_en="Said.", order=1)
    assert changed(item) == {"en"}
    item = written(item, en=30, mn=30)
    quote.order = 2
    quote.save()
    assert changed(item) == set()
    Quote.objects.filter(pk=quote.pk).update(text_mn="Хэлсэн.")
    assert changed(item) == {"mn"}
    item = written(item, en=30, mn=30)
    quote.delete()
    assert changed(item) == {"en", "mn"}


@pytest.mark.parametrize(
    "make, field",
    [
        (lambda: Page.objects.create(key="about", title_en="About", title_mn="Тухай"), "body"),
        (people.work_area, "summary"),
        (lambda: people.publication(), "description"),
    ],
)
def test_pages_areas_and_resources_are_dated(make, field):
    item = written(make(), en=30, mn=30)
    type(item).objects.filter(pk=item.pk).update(**{f"{field}_mn": "Шинэ"})
    assert changed(item) == {"mn"}


def test_the_dates_of_words_are_no_event_of_their_own():
    item = people.news_item()
    before = NewsItem.pgh_event_model.objects.filter(pgh_obj_id=item.pk).count()
    Quote.objects.create(item=item, text_en="Said.")
    assert NewsItem.pgh_event_model.objects.filter(pgh_obj_id=item.pk).count() == before


def test_rows_from_before_are_dated_by_their_history():
    item = people.news_item(title_en="First", title_mn="Эхний")
    NewsItem.objects.filter(pk=item.pk).update(title_en="Second")
    event = NewsItem.pgh_event_model
    with pgtrigger.ignore("office.NewsItemEvent:append_only", "office.NewsItem:words_dated"):
        event.objects.filter(pgh_obj_id=item.pk, title_en="First").update(pgh_created_at=LONG_AGO)
        event.objects.filter(pgh_obj_id=item.pk, title_en="Second").update(pgh_created_at=LONG_AGO + timedelta(days=10))
        NewsItem.objects.filter(pk=item.pk).update(changed_at_en=None, changed_at_mn=None)
        with connection.schema_editor() as editor:
            import_module("office.migrations.0010_words_dated_by_language").date_words(apps, editor)
    item.refresh_from_db()
    assert (item.changed_at_en, item.changed_at_mn) == (LONG_AGO + timedelta(days=10), LONG_AGO)


# Whether the Mongolian is behind -------------------------------------------------------------------------------


def test_the_mongolian_lags_when_only_the_english_was_changed():
    item = old_item()
    assert not languages.lags(item)
    NewsItem.objects.filter(pk=item.pk).update(title_en="Changed")
    assert languages.lags(item)
    NewsItem.objects.filter(pk=item.pk).update(title_mn="Өөрчилсөн")
    assert not languages.lags(item)


def test_languages_that_are_saved_together_are_of_the_same_age():
    item = old_item()
    NewsItem.objects.filter(pk=item.pk).update(title_en="Both", title_mn="Хоёулаа")
    assert not languages.lags(item)


def test_what_does_not_exist_lags_not():
    item = old_item(title_mn="")
    NewsItem.objects.filter(pk=item.pk).update(title_en="Changed")
    assert not languages.lags(item)


def test_an_editor_says_that_the_mongolian_is_up_to_date_and_it_holds_for_these_words():
    item, editor = old_item(), people.editor()
    NewsItem.objects.filter(pk=item.pk).update(title_en="A typo mended")
    said = languages.say_the_same(item, by=editor)
    assert (said.by, said.item, languages.lags(item)) == (editor, item, False)
    assert languages.say_the_same(item, by=editor) == said and SaidTheSame.objects.count() == 1
    Quote.objects.create(item=item, text_en="Another word")
    assert languages.lags(item)


def test_what_was_said_of_a_waiting_version_holds_once_it_is_published():
    item, editor = old_item(), people.editor()
    data = versions.snapshot(item)
    data["fields"]["title_en"] = "A typo mended"
    versions.keep(item, data, by=editor)
    languages.say_the_same(item, by=editor)
    reviews.publish(item, by=editor, moments={})
    item.refresh_from_db()
    assert item.title_en == "A typo mended" and not languages.lags(item)


def test_the_digest_of_words_is_the_same_in_the_database_and_outside():
    for item in (old_item(lead_mn="Өгүүлбэр\n“Ү”", title_en=""), people.work_area()):
        if isinstance(item, NewsItem):
            Quote.objects.create(item=item, text_mn="Хоёр", order=2)
            Quote.objects.create(item=item, text_en="One", order=1)
            data = versions.snapshot(item)
            values, rows = data["fields"], data["parts"]["quote"]
        else:
            values, rows = vars(item), []
        [stored] = languages.with_lag(type(item).objects.filter(pk=item.pk)).values_list("words_digest", flat=True)
        assert languages.digest_of(type(item), values, rows) == stored
        assert languages.digest_of(type(item), {**values, "title_en": "x", "name_en": "x"}, rows) != stored


def test_only_who_edits_says_so_and_only_of_two_languages():
    item = old_item()
    with pytest.raises(PermissionDenied):
        languages.say_the_same(item, by=people.organiser())
    # A writer reads areas and changes none.
    with pytest.raises(PermissionDenied):
        languages.say_the_same(people.work_area(), by=people.writer())
    with pytest.raises(ValidationError) as refusal:
        languages.say_the_same(old_item(title_mn=""), by=people.writer())
    assert refusal.value.code == "one_language" and not SaidTheSame.objects.exists()


def test_what_was_said_is_never_rewritten():
    said = languages.say_the_same(old_item(), by=people.editor())
    with pytest.raises(DatabaseError), transaction.atomic():
        SaidTheSame.objects.filter(pk=said.pk).update(digest="0" * 32)


@pytest.mark.parametrize("model", [NewsItem, Page, WorkArea, Resource])
def test_every_sort_of_item_says_whether_it_lags(model):
    assert list(languages.with_lag(model.objects.all())) == []


# What machines are told ----------------------------------------------------------------------------------------


def test_a_feed_says_when_the_words_of_its_language_changed(client):
    month = timezone.now() - timedelta(days=30)
    item = old_item(slug="told", publish_at_en=month, publish_at_mn=month, published_on=month.date())
    NewsItem.objects.filter(pk=item.pk).update(title_mn="Өөрчилсөн")
    item.refresh_from_db()
    updated = {
        code: datetime.fromisoformat(client.get(f"/{code}/news/feed/").text.partition("<entry>")[2].partition("<updated>")[2].partition("<")[0])
        for code in ("en", "mn")
    }
    assert updated["mn"] == item.changed_at_mn and updated["en"] < timezone.now() - timedelta(days=29)
    assert f"<lastmod>{timezone.localtime(item.changed_at_mn):%Y-%m-%d}</lastmod>" in client.get("/sitemap.xml").text
