"""The menu of the public pages says what the office's first page said, and asks the database once."""

import pytest
from django.template import Context, Template
from django.utils import translation

from iom_mongolia.navigation import navigation
from office.models import WorkArea


@pytest.fixture
def areas(db):
    for order, (slug, english, mongolian) in enumerate(
        [("migration-health", "Migration health", "Шилжигчдийн эрүүл мэнд"), ("labour-mobility", "Labour mobility", "")]
    ):
        WorkArea.objects.create(slug=slug, order=order, name_en=english, name_mn=mongolian)
    WorkArea.objects.create(slug="diaspora", order=9, name_en="Diaspora", is_public=False)


def menu(rf, path="/en/", language="en"):
    with translation.override(language):
        return list(navigation(rf.get(path))["navigation"])


def test_the_menu_has_the_five_sections_in_their_order(rf, areas):
    assert [section["title"] for section in menu(rf)] == [
        "Who We Are",
        "Our Work",
        "Data and Resources",
        "Take Action",
        "2030 Agenda",
    ]


def test_our_work_holds_the_public_areas_named_in_the_readers_language(rf, areas):
    assert [item["title"] for item in menu(rf)[1]["items"]] == ["Migration health", "Labour mobility"]
    assert [item["title"] for item in menu(rf, "/mn/", "mn")[1]["items"]] == ["Шилжигчдийн эрүүл мэнд"]


def test_a_page_below_marks_its_section(rf, areas):
    work = menu(rf, "/en/our-work/migration-health/")[1]
    assert work["current"] == "true"
    assert [item["current"] for item in work["items"]] == ["page", ""]


def test_the_menu_is_one_query_and_only_where_it_is_shown(rf, areas, django_assert_num_queries):
    with django_assert_num_queries(0):
        context = navigation(rf.get("/en/staff/"))
    shown = Template("{% for section in navigation %}{{ section.title }}{% endfor %}{{ navigation|length }}")
    with django_assert_num_queries(1), translation.override("en"):
        assert shown.render(Context(context)).endswith("5")
