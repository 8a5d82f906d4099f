"""The editor's desk: fields that say what belongs into them, both languages side by side, addresses that keep leading."""

import re

import pytest
from django.contrib import admin
from django.forms import CheckboxSelectMultiple
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import User
from contacts.models import Organisation
from office import redirects, reviews, versions
from office.models import Goal, NewsItem, Redirect, Target
from tests import people
from tests.admin.forms import filled
from workshops.models import Registration, Workshop

pytestmark = pytest.mark.django_db

# The record that an inline row belongs to is not asked for.
NOT_ASKED = {
    ("PersonEmail", "person"), ("PersonPhone", "person"), ("NewsContact", "item"),
    ("Workshop_news", "workshop"), ("Workshop_news", "newsitem"),
}  # fmt: skip


def forms():
    """(model, form class) of every form that the admin shows an administrator."""
    request = RequestFactory().get("/")
    request.user = people.administrator()
    for model, model_admin in admin.site._registry.items():
        yield model, model_admin.get_form(request, request.user if model is User else None)
        for inline in model_admin.get_inline_instances(request):
            yield inline.model, inline.get_formset(request).form


def test_every_field_says_what_belongs_into_it():
    bare = {
        (model.__name__, name)
        for model, form in forms()
        for name, field in form.base_fields.items()
        if not field.help_text
    }
    assert bare == NOT_ASKED


def test_choices_of_many_are_boxes_to_tick_and_nothing_needs_select2():
    for model, form in forms():
        for name, field in form.base_fields.items():
            if getattr(field.widget, "allow_multiple_selected", False):
                assert isinstance(field.widget, CheckboxSelectMultiple), (model, name)
    for model_admin in admin.site._registry.values():
        for part in (model_admin, *model_admin.inlines):
            assert not part.autocomplete_fields and not part.filter_horizontal and not part.filter_vertical


def test_both_languages_stand_side_by_side_and_are_named(client):
    people.signed_in(client, people.editor())
    page = client.get(reverse("admin:office_newsitem_add")).content.decode()
    for name, label in [("title", "Title"), ("lead", "Lead"), ("body", "Text")]:
        assert re.search(rf"form-multiline[^\"]* field-{name}_en field-{name}_mn", page), name
        assert re.search(rf"<(?:label|legend)[^>]*>\s*{label}, English:</", page), name
        assert re.search(rf"<(?:label|legend)[^>]*>\s*{label}, Mongolian:</", page), name
    assert re.search(r'<textarea[^>]*name="body_mn"[^>]*lang="mn"', page)


def test_targets_are_grouped_by_goal(client):
    goal = Goal.objects.create(number=10, name_en="Reduced inequalities", name_mn="Тэгш бус байдал", colour="#dd1367")
    target = Target.objects.create(goal=goal, code="10.7", text_en="Orderly migration", text_mn="Зохицуулалттай шилжилт")
    Target.objects.create(goal=Goal.objects.create(number=8, name_en="Work", name_mn="Хөдөлмөр", colour="#a21942"), code="8.8", text_en="a", text_mn="b")
    item = people.news_item()
    item.targets.add(target)
    people.signed_in(client, people.editor())
    page = client.get(reverse("admin:office_newsitem_change", args=[item.pk])).content.decode()
    assert re.search(r"<details open><summary>10\. Reduced inequalities <strong>\(1\)</strong></summary>", page)
    assert re.search(r"<details><summary>8\. Work</summary>", page)


# Addresses ----------------------------------------------------------------------------------------------------


def new_item(**fields):
    rows = {f"{prefix}-{name}": 0 for prefix in ("pictures", "quotes", "newscontact_set", "changes", "Workshop_news") for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return {"kind": "news", "published_on": "2026-03-02", "precision": "day", **rows, **fields}


@pytest.mark.parametrize(
    "titles, slug",
    [
        ({"title_en": "Labour migration", "title_mn": "Хөдөлмөрийн шилжилт"}, "labour-migration"),
        ({"title_mn": "Өлзийт хот, Үйл явдал"}, "olziit-khot-uil-yavdal"),
        ({"title_en": "Taken"}, "taken-2"),
        ({"title_en": "Any", "slug": "chosen"}, "chosen"),
        ({"title_en": "!!!"}, "newsitem"),
    ],
)
def test_a_slug_left_empty_is_made_of_the_title(client, titles, slug):
    people.news_item(slug="taken")
    people.signed_in(client, people.editor())
    answer = client.post(reverse("admin:office_newsitem_add"), new_item(**titles))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert NewsItem.objects.latest("pk").slug == slug


def test_an_institutions_slug_is_made_of_its_name(client):
    people.signed_in(client, people.organiser())
    rows = {f"successions-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    form = {"name_mn": "Хөдөлмөрийн яам", "kind": "ministry", "valid_from_precision": "day", "valid_to_precision": "day", **rows}
    answer = client.post(reverse("admin:contacts_organisation_add"), form)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert Organisation.objects.get().slug == "khodolmoriin-yaam"


def rename(client, item, slug):
    address = reverse("admin:office_newsitem_change", args=[item.pk])
    answer = client.post(address, {**filled(client.get(address)), "slug": slug})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    if versions.waits(item):
        reviews.publish(item, by=people.editor(), moments={})


def test_the_old_address_of_a_published_item_leads_to_the_new_one(client):
    item = people.news_item(slug="first")
    people.signed_in(client, people.editor())
    rename(client, item, "second")
    rename(client, item, "third")
    assert dict(Redirect.objects.values_list("old_path", "new_path")) == {"/news/first": "/news/third/", "/news/second": "/news/third/"}
    for old in ("first", "second"):
        assert client.get(f"/en/news/{old}/")["Location"] == "/en/news/third/"
    rename(client, item, "first")
    assert dict(Redirect.objects.values_list("old_path", "new_path")) == {"/news/second": "/news/first/", "/news/third": "/news/first/"}
    assert client.get("/en/news/first/").status_code == 200


def test_a_draft_leaves_no_address_behind(client):
    item = people.news_item(slug="first", published=False)
    people.signed_in(client, people.editor())
    rename(client, item, "second")
    assert not Redirect.objects.exists()


@pytest.mark.parametrize("old, new", [("/a", "/a/"), ("/a/", "/en/a"), ("/a", "/c"), ("/a", "/b"), ("/mn/a/", "/c/")])
def test_redirects_in_a_circle_are_refused(client, old, new):
    Redirect.objects.create(old_path="/b", new_path="/a/")
    Redirect.objects.create(old_path="/c", new_path="/b")
    people.signed_in(client, people.editor())
    answer = client.post(reverse("admin:office_redirect_add"), {"old_path": old, "new_path": new})
    assert answer.status_code == 200
    assert Redirect.objects.count() == 2


def test_a_redirect_is_kept_as_it_is_looked_up(client):
    people.signed_in(client, people.editor())
    client.post(reverse("admin:office_redirect_add"), {"old_path": "/en/old/page/", "new_path": "https://www.iom.int/"})
    kept = Redirect.objects.get()
    assert kept.old_path == "/old/page"
    assert redirects.tidy("/mn/old/page/") == "/old/page"


# The admin holds no rule of its own ---------------------------------------------------------------------------


def test_places_cannot_fall_below_the_seats_held(client):
    held = people.workshop(capacity=3)
    for _each in range(2):
        people.registration(workshop=held)
    people.signed_in(client, people.organiser())
    address = reverse("admin:workshops_workshop_change", args=[held.pk])
    answer = client.post(address, {**filled(client.get(address)), "capacity": "1"})
    assert answer.status_code == 200
    assert "capacity" in answer.context["adminform"].form.errors
    assert client.post(address, {**filled(client.get(address)), "capacity": "2"}).status_code == 302
    assert Workshop.objects.get(pk=held.pk).capacity == 2


def test_a_workshops_status_is_led_on_in_its_workspace(client):
    held = people.workshop(status="nominating")
    people.signed_in(client, people.organiser())
    address = reverse("admin:workshops_workshop_change", args=[held.pk])
    assert client.post(address, {**filled(client.get(address)), "status": "completed"}).status_code == 302
    assert Workshop.objects.get(pk=held.pk).status == "nominating"


def test_a_past_workshop_is_recorded_with_its_status_and_who_did_it(client):
    organiser = people.organiser()
    people.signed_in(client, organiser)
    rows = {f"Workshop_news-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    new = {
        "title_mn": "Шинэ сургалт", "kind": "workshop", "status": "completed", "visibility": "public", "precision": "year",
        "starts_on": "2014-01-01", "time_zone": "Asia/Ulaanbaatar", **rows,
    }  # fmt: skip
    assert "slug" in client.post(reverse("admin:workshops_workshop_add"), {**new, "slug": "new"}).context["adminform"].form.errors
    answer = client.post(reverse("admin:workshops_workshop_add"), new)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    made = Workshop.objects.get()
    assert (made.slug, made.status, made.created_by) == ("shine-surgalt", "completed", organiser)


def act(client, name, registrations, reason=""):
    return client.post(
        reverse("admin:workshops_registration_changelist"),
        {"action": name, "_selected_action": [each.pk for each in registrations], "reason": reason},
        follow=True,
    ).content.decode()


def test_registrations_are_moved_by_the_acts_of_the_staff_pages(client):
    held = people.workshop(capacity=1)
    first, second = people.registration(workshop=held), people.registration(workshop=held)
    people.signed_in(client, people.organiser())
    assert "place is taken" in act(client, "confirm", [second])
    assert Registration.objects.get(pk=second.pk).state == "waitlisted"
    assert "reason" in act(client, "withdraw", [first]).lower()
    assert Registration.objects.get(pk=first.pk).state == "confirmed"
    act(client, "withdraw", [first], "Ill")
    assert Registration.objects.get(pk=first.pk).state == "withdrawn"
    assert Registration.objects.get(pk=first.pk).changes.latest("pk").reason == "Ill"
    act(client, "confirm", [second])
    assert Registration.objects.get(pk=second.pk).state == "confirmed"


def test_state_and_seat_cannot_be_written_by_the_form(client):
    registration = people.registration()
    people.signed_in(client, people.organiser())
    address = reverse("admin:workshops_registration_change", args=[registration.pk])
    sent = {**filled(client.get(address)), "state": "cancelled", "over_seats": "on", "job_title": "Director"}
    assert client.post(address, sent).status_code == 302
    now = Registration.objects.get(pk=registration.pk)
    assert (now.state, now.over_seats, now.job_title) == ("confirmed", False, "Director")
