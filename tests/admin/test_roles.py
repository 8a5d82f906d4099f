"""Who may do what in the admin: one table, which fails when a model is missing from it."""

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import User
from contacts.models import PressContact
from office.models import NewsItem
from tests import people
from workshops.models import Workshop

pytestmark = pytest.mark.django_db

VERBS = {"v": "view", "a": "add", "c": "change", "d": "delete"}
# Model → what administrator, organiser, editor, desk, and reviewer and writer may: view, add, change, delete.
MAY = {
    "office.NewsItem": ("vacd", "v", "vacd", "", "vac"),
    "office.Page": ("vacd", "v", "vacd", "", "vc"),
    # Writers and reviewers: until the public sees it (tests/office/test_picture_library.py).
    "office.Picture": ("vacd", "v", "vacd", "", "vac"),
    "office.WorkArea": ("vacd", "v", "vacd", "", "v"),
    "office.Resource": ("vacd", "v", "vacd", "", "v"),
    "office.Indicator": ("vacd", "v", "vacd", "", "v"),
    "office.Opportunity": ("vacd", "v", "vacd", "", "v"),
    "office.ActionLink": ("vacd", "v", "vacd", "", "v"),
    # One row, made once.
    "office.CountryOffice": ("vac", "v", "vac", "", "v"),
    # The United Nations made seventeen of them.
    "office.Goal": ("vc", "v", "vc", "", "v"),
    "office.Target": ("vacd", "v", "vacd", "", "v"),
    "office.CompactObjective": ("vacd", "v", "vacd", "", "v"),
    # Made by the check of links.
    "office.LinkCheck": ("v", "v", "v", "", "v"),
    "office.Redirect": ("vacd", "v", "vacd", "", "v"),
    "workshops.Workshop": ("vacd", "vacd", "vc", "", "v"),
    "workshops.Project": ("vacd", "vacd", "", "", ""),
    # Made and ended by the acts of the staff pages, never deleted.
    "workshops.Registration": ("vc", "vc", "", "", ""),
    "contacts.PressContact": ("vacd", "vacd", "vacd", "", "v"),
    "contacts.Organisation": ("vacd", "vacd", "v", "", "v"),
    "contacts.Person": ("vacd", "vacd", "", "", ""),
    # Closed, never deleted.
    "accounts.User": ("vac", "", "", "", ""),
    "mfa.Authenticator": ("vd", "", "", "", ""),
    "django_tasks_database.DBTaskResult": ("v", "", "", "", ""),
}
PLACES = [(0, "administrator"), (1, "organiser"), (2, "editor"), (3, "desk"), (4, "reviewer"), (4, "writer")]


def test_the_table_names_every_model_of_the_admin():
    assert {model._meta.label for model in admin.site._registry} == set(MAY)


@pytest.mark.parametrize("position, role", PLACES)
def test_each_role_may_what_the_table_says(position, role):
    request = RequestFactory().get("/")
    request.user = getattr(people, role)()
    allowed = {}
    for model, model_admin in admin.site._registry.items():
        allowed[model._meta.label] = "".join(
            letter for letter, verb in VERBS.items() if getattr(model_admin, f"has_{verb}_permission")(request)
        )
    assert allowed == {label: row[position] for label, row in MAY.items()}


@pytest.mark.parametrize("position, role", PLACES)
def test_pages_open_and_close_by_the_table(client, position, role):
    people.signed_in(client, getattr(people, role)())
    for model in admin.site._registry:
        may = MAY[model._meta.label][position]
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        listed = client.get(reverse(f"{name}_changelist")).status_code
        added = client.get(reverse(f"{name}_add")).status_code
        # The desk is led away from the whole admin, others are refused what is not theirs.
        refused = 302 if role == "desk" else 403
        assert (listed, added) == (200 if "v" in may else refused, 200 if "a" in may else refused), model._meta.label


def test_the_index_shows_each_role_only_its_own(client):
    people.signed_in(client, people.editor())
    page = client.get("/en/admin/").content.decode()
    assert reverse("admin:office_newsitem_add") in page
    assert reverse("admin:contacts_person_changelist") not in page
    assert reverse("admin:workshops_registration_changelist") not in page
    assert reverse("admin:accounts_user_changelist") not in page


def test_an_organiser_reads_news_and_changes_none(client):
    item = people.news_item(title_en="As it was")
    people.signed_in(client, people.organiser())
    address = reverse("admin:office_newsitem_change", args=[item.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"title_en": "Changed"}).status_code == 403
    assert client.post(reverse("admin:office_newsitem_delete", args=[item.pk]), {"post": "yes"}).status_code == 403
    item.refresh_from_db()
    assert item.title_en == "As it was"


def empty_rows(page):
    """What a form of the admin sends for its rows when none is added: the management forms as they stand in the page."""
    return {
        f"{formset.formset.prefix}-{name}": value
        for formset in page.context["inline_admin_formsets"]
        for name, value in formset.formset.management_form.initial.items()
    }


def test_an_editor_writes_a_workshops_texts_and_neither_dates_nor_state(client):
    held = people.workshop(title_en="Before", capacity=30)
    people.signed_in(client, people.editor())
    address = reverse("admin:workshops_workshop_change", args=[held.pk])
    answer = client.post(
        address,
        {
            **empty_rows(client.get(address)),
            "title_en": "After",
            "title_mn": "Дараа",
            "summary_mn": "Хураангуй",
            "status": "cancelled",
            "capacity": "1",
            "starts_on": "2030-01-01",
            "slug": "another",
            "note": "Seen by all",
        },
    )
    assert answer.status_code == 302
    now = Workshop.objects.get(pk=held.pk)
    assert (now.title_en, now.title_mn, now.summary_mn) == ("After", "Дараа", "Хураангуй")
    assert (now.status, now.capacity, now.starts_on, now.slug, now.note) == (
        held.status, held.capacity, held.starts_on, held.slug, held.note,
    )  # fmt: skip


def test_an_editor_sees_no_internal_note_of_a_workshop(client):
    held = people.workshop(note="The minister may come")
    people.signed_in(client, people.editor())
    assert "The minister may come" not in client.get(reverse("admin:workshops_workshop_change", args=[held.pk])).content.decode()
    people.signed_in(client, people.organiser())
    assert "The minister may come" in client.get(reverse("admin:workshops_workshop_change", args=[held.pk])).content.decode()


def test_an_editor_keeps_press_contacts(client):
    people.signed_in(client, people.editor())
    address = reverse("admin:contacts_presscontact_add")
    client.post(address, {"name": "Press office", "email": "press@iom.example", "order": "0"})
    assert PressContact.objects.get().email == "press@iom.example"


# Accounts -----------------------------------------------------------------------------------------------------


def account_form(user, **changes):
    return {"email": user.email, "full_name": user.full_name, "role": user.role, "preferred_language": "en", "is_active": "on", **changes}


def test_an_administrator_makes_an_account_that_can_sign_in(client):
    people.signed_in(client, people.administrator())
    new = {"email": "New@IOM.example", "full_name": "New", "role": "editor", "preferred_language": "mn"}
    short = client.post(reverse("admin:accounts_user_add"), {**new, "password1": "short-pass", "password2": "short-pass"})
    assert "password2" in short.context["adminform"].form.errors
    answer = client.post(reverse("admin:accounts_user_add"), {**new, "password1": people.PASSWORD, "password2": people.PASSWORD})
    assert answer.status_code == 302
    user = User.objects.get(email__iexact="new@iom.example")
    assert user.edits_content and not user.is_superuser
    assert client.login(email="new@iom.example", password=people.PASSWORD)


def test_an_address_serves_one_account_in_whatever_case(client):
    people.editor(email="editor@iom.example")
    people.signed_in(client, people.administrator())
    again = {"email": "EDITOR@iom.example", "role": "desk", "preferred_language": "mn"}
    answer = client.post(reverse("admin:accounts_user_add"), {**again, "password1": people.PASSWORD, "password2": people.PASSWORD})
    assert "There is an account with this e-mail." in answer.content.decode()
    assert User.objects.filter(email__iexact="editor@iom.example").count() == 1


def test_taking_the_role_away_takes_everything_away(client):
    other = people.administrator()
    assert other.is_superuser
    people.signed_in(client, people.administrator())
    client.post(reverse("admin:accounts_user_change", args=[other.pk]), account_form(other, role="desk"))
    other = User.objects.get(pk=other.pk)
    assert not other.is_superuser and not other.has_perm("office.view_newsitem")


@pytest.mark.parametrize("change", [{"role": "desk"}, {"is_active": ""}])
def test_nobody_shuts_themselves_out(client, change):
    own = people.administrator()
    people.signed_in(client, own)
    answer = client.post(reverse("admin:accounts_user_change", args=[own.pk]), account_form(own, **change))
    assert "This is your own account" in answer.content.decode()
    own.refresh_from_db()
    assert own.is_active and own.role == "administrator"


def test_deleting_news_is_the_editors_right(client):
    item = people.news_item()
    people.signed_in(client, people.editor())
    client.post(reverse("admin:office_newsitem_delete", args=[item.pk]), {"post": "yes"})
    assert not NewsItem.objects.filter(pk=item.pk).exists()
