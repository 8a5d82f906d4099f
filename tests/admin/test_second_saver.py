"""Two people on one record: the second one sees what the first one saved, and nothing of either is lost."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.editing import LOADED
from office.models import Quote, Version
from tests import people
from tests.admin.forms import filled

pytestmark = pytest.mark.django_db


class Editor:
    """Somebody with a change page open."""

    def __init__(self, record, who=None):
        self.client = people.signed_in(Client(), who or people.editor())
        meta = record._meta
        self.address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])
        self.open()

    def open(self):
        self.page = self.client.get(self.address)
        self.sent = {**filled(self.page), LOADED: self.page.context["loaded"]}
        return self

    def save(self, **typed):
        """Posts what the page holds by now; after a refusal the page holds what the answer holds."""
        self.sent |= typed
        self.page = self.client.post(self.address, self.sent)
        if self.page.status_code == 409:
            self.sent = {name: values for name, values in self.page.wsgi_request.POST.lists()} | {LOADED: self.page.context["loaded"]}
        return self.page


def area(**details):
    return people.work_area(slug="labour", **{"name_en": "Labour", "name_mn": "Хөдөлмөр", "summary_en": "Old words here.", "summary_mn": "Хуучин үг.", **details})


def stands(record, *names):
    return tuple(type(record).objects.filter(pk=record.pk).values_list(*names).get())


def told(differences):
    return [(each.label, each.theirs, each.mine) for each in differences]


def test_one_after_the_other_is_saved_as_ever():
    record = area()
    for words in ("First.", "Second."):
        assert Editor(record).save(summary_en=words).status_code == 302
        assert stands(record, "summary_en") == (words,)


def test_the_second_saver_is_told_and_nothing_is_stored_until_they_choose():
    record, bat = area(), people.editor(email="bat@iom.example")
    first, second = Editor(record, bat), Editor(record)
    first.save(summary_en="Words of Bat.")
    page = second.save(summary_en="My words.")
    assert page.status_code == 409
    assert stands(record, "summary_en") == ("Words of Bat.",)
    meeting = page.context["meeting"]
    assert told(meeting.conflicts) == [
        ("Summary, English", [("del", "Old words here."), ("ins", "Words of Bat.")], [("del", "Old words here."), ("ins", "My words.")])
    ]
    assert [who for who, _moment in meeting.saved] == [str(bat)]
    assert str(bat) in page.content.decode()
    assert re.search(r"<textarea[^>]*name=\"summary_en\"[^>]*>\s*My words\.</textarea>", page.content.decode())
    # Saved again as it stands: mine.
    assert second.save().status_code == 302
    assert stands(record, "summary_en") == ("My words.",)


def test_theirs_can_be_taken_for_one_field():
    record = area()
    first, second = Editor(record), Editor(record)
    first.save(summary_en="Theirs.", summary_mn="Тэднийх.")
    second.save(summary_en="Mine.", summary_mn="Минийх.")
    assert second.save(**{"_take:summary_en": "theirs", "_take:summary_mn": "mine"}).status_code == 302
    assert stands(record, "summary_en", "summary_mn") == ("Theirs.", "Минийх.")


def test_what_only_they_changed_is_taken_over_and_named():
    record = area()
    goal_area = Editor(record), Editor(record)
    goal_area[0].save(summary_mn="Тэднийх.", is_public="")
    page = goal_area[1].save(summary_en="Mine.")
    assert page.status_code == 409 and page.context["meeting"].conflicts == []
    assert [each.label for each in page.context["meeting"].taken] == ["Public", "Summary, Mongolian"]
    goal_area[1].save()
    assert stands(record, "summary_en", "summary_mn", "is_public") == ("Mine.", "Тэднийх.", False)


def test_a_third_saver_in_between_is_seen_too():
    record = area()
    first, second = Editor(record), Editor(record)
    first.save(summary_en="Theirs.")
    second.save(summary_en="Mine.")
    Editor(record).save(summary_en="Of a third.")
    assert second.save().status_code == 409
    assert stands(record, "summary_en") == ("Of a third.",)


def points(record):
    return [(point.label_en, int(point.value)) for point in record.points.order_by("order", "pk")]


def test_rows_that_the_other_changed_added_and_removed():
    record = people.indicator(values=[("2010", 1), ("2011", 2), ("2012", 3), ("2013", 4)])
    first, second = Editor(record), Editor(record)
    there = list(record.points.order_by("order", "pk"))
    prefix = first.page.context["inline_admin_formsets"][0].formset.prefix
    number = {first.sent[f"{prefix}-{each}-id"]: each for each in range(4)}
    first.save(**{
        f"{prefix}-{number[there[0].pk]}-value": "10",
        f"{prefix}-{number[there[1].pk]}-DELETE": "on",
        f"{prefix}-{number[there[2].pk]}-DELETE": "on",
        f"{prefix}-TOTAL_FORMS": "5", f"{prefix}-4-order": "9", f"{prefix}-4-label_en": "2020", f"{prefix}-4-label_mn": "2020", f"{prefix}-4-value": "20",
    })  # fmt: skip
    assert points(record) == [("2010", 10), ("2013", 4), ("2020", 20)]
    page = second.save(**{
        f"{prefix}-{number[there[2].pk]}-value": "33",
        f"{prefix}-{number[there[3].pk]}-value": "44",
        f"{prefix}-TOTAL_FORMS": "5", f"{prefix}-4-order": "8", f"{prefix}-4-label_en": "2019", f"{prefix}-4-label_mn": "2019", f"{prefix}-4-value": "19",
    })  # fmt: skip
    assert page.status_code == 409 and len(page.context["meeting"].rows) == 3
    assert points(record) == [("2010", 10), ("2013", 4), ("2020", 20)]
    assert second.save().status_code == 302
    assert points(record) == [("2010", 10), ("2012", 33), ("2013", 44), ("2019", 19), ("2020", 20)]


def test_a_row_that_i_remove_and_they_change_is_asked_about():
    record = people.indicator(values=[("2010", 1), ("2011", 2)])
    first, second = Editor(record), Editor(record)
    prefix = first.page.context["inline_admin_formsets"][0].formset.prefix
    first.save(**{f"{prefix}-0-value": "7"})
    page = second.save(**{f"{prefix}-0-DELETE": "on"})
    assert [each.key for each in page.context["meeting"].conflicts] == [f"_take:{prefix}-0-DELETE"]
    second.save(**{f"_take:{prefix}-0-DELETE": "theirs"})
    assert points(record) == [("2010", 7), ("2011", 2)]


@pytest.mark.parametrize("published", [True, False])
def test_an_item_of_the_desk_is_guarded_too(published):
    item, bat = people.news_item(published=published), people.editor()
    first, second = Editor(item, bat), Editor(item)
    assert first.save(title_en="Theirs", lead_mn="Тэднийх").status_code == 302
    page = second.save(title_en="Mine")
    assert page.status_code == 409
    assert [each.label for each in page.context["meeting"].conflicts] == ["Title, English"]
    assert [who for who, _moment in page.context["meeting"].saved] == [str(bat)]
    assert Version.objects.of(item).first().data["fields"]["title_en"] == "Theirs"
    assert second.save().status_code == 302
    data = Version.objects.of(item).first().data["fields"]
    assert (data["title_en"], data["lead_mn"]) == ("Mine", "Тэднийх")


def test_a_quote_added_in_both_windows_stands_twice():
    item = people.news_item(published=False)
    first, second = Editor(item), Editor(item)
    prefix = next(each.formset.prefix for each in first.page.context["inline_admin_formsets"] if each.formset.model is Quote)
    for editor, who in ((first, "Anu"), (second, "Bold")):
        page = editor.save(**{
            f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-0-text_en": f"Words of {who}", f"{prefix}-0-text_mn": "Үг", f"{prefix}-0-speaker_en": who, f"{prefix}-0-speaker_mn": who, f"{prefix}-0-order": "0",
        })  # fmt: skip
    assert page.status_code == 409
    assert second.save().status_code == 302
    assert sorted(Quote.objects.filter(item=item).values_list("speaker_en", flat=True)) == ["Anu", "Bold"]


def test_a_mistake_in_the_form_keeps_what_was_loaded():
    record = area()
    first, second = Editor(record), Editor(record)
    page = second.save(name_en="", name_mn="", summary_en="Mine.")
    assert page.status_code == 200 and page.context["loaded"] == second.sent[LOADED]
    first.save(summary_en="Theirs.")
    assert second.save(name_en="Labour", name_mn="Хөдөлмөр").status_code == 409


def test_a_stamp_of_something_else_asks_instead_of_storing():
    record, other = area(), people.work_area()
    editor = Editor(record)
    for stamp in ("nonsense", Editor(other).sent[LOADED]):
        assert editor.save(**{LOADED: stamp, "summary_en": "Mine."}).status_code == 409
        assert stands(record, "summary_en") == ("Old words here.",)


def test_the_row_is_held_while_it_is_compared():
    record = area()
    editor = Editor(record)
    with CaptureQueriesContext(connection) as queries:
        editor.save(summary_en="Mine.")
    statements = [query["sql"] for query in queries]
    held = next(number for number, sql in enumerate(statements) if "FOR UPDATE" in sql and '"office_workarea"' in sql)
    assert held < next(number for number, sql in enumerate(statements) if 'UPDATE "office_workarea" SET' in sql)


def test_who_may_only_look_gets_no_stamp():
    record = area()
    page = people.signed_in(Client(), people.organiser()).get(reverse("admin:office_workarea_change", args=[record.pk]))
    assert "loaded" not in (page.context or {})
