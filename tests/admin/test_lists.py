"""The admin's lists: as many queries for many rows as for few, and no parameter that ends in an error."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from contacts.models import Succession
from office.models import ActionLink, CompactObjective, CountryOffice, Goal, Indicator, Page, Redirect, Resource, Target
from tests import people
from workshops.models import Project

pytestmark = pytest.mark.django_db

ADDRESSES = [f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry]


def rows(number):
    """Adds about `number` rows of everything that the admin lists."""
    workshop = people.workshop()
    donor = people.organisation()
    for _each in range(number):
        one = User.objects.count() + Target.objects.count()
        organisation = people.organisation(parent=donor)
        Succession.objects.create(predecessor=organisation, successor=donor, relation="merged")
        people.press_contact()
        area = people.work_area()
        item = people.news_item()
        item.work_areas.add(area)
        people.workshop(funder=donor).work_areas.add(area)
        Project.objects.create(code=f"P{one}", donor=donor)
        people.registration(workshop=workshop, organisation=organisation)
        goal = Goal.objects.get_or_create(number=one % 17 + 1, defaults={"name_en": "Goal", "name_mn": "Зорилго", "colour": "#000000"})[0]
        Target.objects.create(goal=goal, code=f"{one}", text_en="Text", text_mn="Бичвэр")
        CompactObjective.objects.create(number=one + 100, text_en="Text", text_mn="Бичвэр")
        ActionLink.objects.create(slug=f"a{one}", kind="help", title_en="Call", title_mn="Залгах")
        people.opportunity()
        Redirect.objects.create(old_path=f"/old-{one}", new_path="/news/")
        Indicator.objects.create(slug=f"i{one}", title_en="People", title_mn="Хүн", unit_en="people", unit_mn="хүн")
        Resource.objects.create(slug=f"r{one}", kind="report", title_en="Report", title_mn="Тайлан")
    CountryOffice.objects.get_or_create(name_en="IOM Mongolia", name_mn="ОУШХБ")
    Page.objects.get_or_create(key="about", title_en="About", title_mn="Тухай")


# How many queries each list takes, for three rows and for fifteen: the session and who it is, the count, the rows, and
# what its filters list.
QUERIES = {
    "django_tasks_database_dbtaskresult": 8,
    "accounts_user": 5,
    "mfa_authenticator": 5,
    "contacts_organisation": 5,
    "contacts_person": 5,
    "contacts_presscontact": 5,
    "office_newsitem": 8,
    "office_workarea": 5,
    "office_goal": 5,
    "office_target": 6,
    "office_compactobjective": 5,
    "office_countryoffice": 6,
    "office_page": 5,
    "office_picture": 5,
    "office_actionlink": 5,
    "office_opportunity": 5,
    "office_linkcheck": 5,
    "office_redirect": 5,
    "office_indicator": 5,
    "office_resource": 5,
    "workshops_project": 5,
    "workshops_workshop": 6,
    "workshops_registration": 6,
}


def test_lists_take_as_many_queries_for_many_rows_as_for_few(client):
    people.signed_in(client, people.administrator())
    taken = []
    for number in (3, 12):
        rows(number)
        taken.append({})
        for name in ADDRESSES:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(name)).status_code == 200
            taken[-1][name.removeprefix("admin:").removesuffix("_changelist")] = len(queries)
    assert taken[0] == taken[1]
    assert taken[1] == QUERIES


NASTY = [
    "name__regex=(",
    "title_en__iregex=[",
    "email__regex=*",
    "pk__regex=(",
    "q=%27%22%3B--%5C%25_",
    "q=" + "%D3%A8" * 3000,
    "p=abc",
    "p=-1",
    "p=99999999999999999999999",
    "o=99.-98.x.1",
    "e=1",
    "_facets=1&_to_field=nothing",
    "id__exact=abc",
    "id__in=1,b,",
    "pk=99999999999999999999999999999999",
    "published_on__year=x",
    "published_on__year=99999999",
    "published_on__year=2026&published_on__month=13&published_on__day=45",
    "published_on__gte=yesterday",
    "starts_on__gte=2026-99-99",
    "work_areas__id__exact=abc",
    "goal__number__exact=99999999999999999999",
    "order__gt=1e999",
    "is_active__exact=maybe",
    "state__exact=%F0%9F%90%8E",
    "public=nobody",
    "user__password__startswith=argon2",
    "nothing__at__all=1",
    "__=1",
    "kind__isnull=perhaps",
    "all=&_popup=1&list=%00",
]


@pytest.mark.parametrize("parameters", NASTY)
def test_no_parameter_ends_in_an_error(client, parameters):
    people.signed_in(client, people.administrator())
    answers = {name: client.get(f"{reverse(name)}?{parameters}").status_code for name in ADDRESSES}
    assert {name: code for name, code in answers.items() if code not in {200, 302, 400}} == {}
    if "regex" in parameters:
        assert set(answers.values()) <= {302, 400}


@pytest.mark.parametrize("object_id", ["abc", "0", "99999999999999999999999", "_27", "1/x", "%2e%2e", "a" * 3000])
def test_records_that_are_not_there_are_not_found(client, object_id):
    people.signed_in(client, people.administrator())
    for model in admin.site._registry:
        base = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for page in ("change", "history", "delete"):
            assert client.get(f"{base}{object_id}/{page}/").status_code in {302, 404, 400, 403}, (base, page)


def test_unknown_pages_of_the_admin_are_not_found(client):
    assert client.get("/en/admin/nothing/").status_code == 302
    people.signed_in(client, people.editor())
    for address in ["nothing/", "office/nothing/", "auth/group/", "account/emailaddress/", "login/nothing/"]:
        assert client.get(f"/en/admin/{address}").status_code == 404, address
    assert client.get("/en/admin/office").status_code in {301, 302}


def test_the_editors_style_is_allowed_under_the_admin_alone(client):
    people.signed_in(client, people.editor())
    inside = client.get("/en/admin/")["Content-Security-Policy"]
    assert "style-src 'self' 'sha256-" in inside
    for address in ["/en/", "/en/accounts/login/", "/en/accounts/2fa/"]:
        policy = client.get(address)["Content-Security-Policy"]
        assert "style-src 'self';" in policy and "sha256" not in policy, address
    for policy in (inside, policy):
        assert "unsafe" not in policy


def test_lists_can_be_searched_in_both_languages(client):
    people.signed_in(client, people.editor())
    people.news_item(title_en="Labour migration", title_mn="Хөдөлмөрийн шилжилт хөдөлгөөн", slug="found")
    people.news_item(title_en="Something else", title_mn="Өөр", slug="other")
    address = reverse("admin:office_newsitem_changelist")
    for words in ["labour", "хөдөлмөрийн", "FOUND"]:
        page = client.get(address, {"q": words}).content.decode()
        assert "Labour migration" in page and "Something else" not in page, words


def test_lists_can_be_narrowed_to_what_is_public_in_a_language(client):
    people.signed_in(client, people.editor())
    people.news_item(title_en="In both")
    people.news_item(title_en="Only in English", title_mn="")
    people.news_item(title_en="A draft", published=False)
    address = reverse("admin:office_newsitem_changelist")
    shown = {
        value: {title for title in ("In both", "Only in English", "A draft") if title in client.get(address, {"public": value}).content.decode()}
        for value in ("en", "mn", "none")
    }
    assert shown == {"en": {"In both", "Only in English"}, "mn": {"In both"}, "none": {"A draft"}}
