"""The country office's facts: all of them arrive, once, and never over an editor's work."""

import json
import shutil

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.html import strip_tags

from contacts.models import Organisation, PressContact, Succession
from core.dates import Precision
from iom_mongolia import country_office
from office.models import (
    ActionLink,
    CompactObjective,
    CountryOffice,
    Goal,
    Indicator,
    IndicatorPoint,
    NewsItem,
    Page,
    Redirect,
    Resource,
    Target,
    WorkArea,
)
from workshops.models import Project, SeatAllocation, Workshop

SEED = "iom-mongolia-seek-manage-labour-migration"


@pytest.fixture(scope="module", autouse=True)
def facts(django_db_setup, django_db_blocker):
    """The facts, loaded once for all tests here; each test's changes are rolled back to this."""
    with django_db_blocker.unblock(), transaction.atomic():
        country_office.load()
        yield
        transaction.set_rollback(True)


pytestmark = pytest.mark.django_db


def rows_and_events():
    """How many rows each table has, history included."""
    tables = set(connection.introspection.table_names())
    return {model._meta.label: model._base_manager.count() for model in apps.get_models() if model._meta.db_table in tables}


@pytest.fixture
def changed_facts(tmp_path, monkeypatch):
    """Lets a test change a file of facts: call it with the file and a function that edits what it says."""
    folder = tmp_path / "facts"
    shutil.copytree(country_office.FACTS, folder)
    monkeypatch.setattr(country_office, "FACTS", folder)

    def change(name, edit):
        said = json.loads((folder / name).read_text())
        edit(said)
        (folder / name).write_text(json.dumps(said))

    return change


def test_everything_arrives():
    expected = {
        CountryOffice: 1, Goal: 17, Target: 39, CompactObjective: 23, WorkArea: 12, Organisation: 76, Succession: 31,
        PressContact: 1, Project: 5, NewsItem: 28, Workshop: 18, Indicator: 17, Resource: 12, ActionLink: 9, Page: 11,
        Redirect: 15,
    }  # fmt: skip
    assert {model: model.objects.count() for model in expected} == expected
    assert Page.objects.published("en").count() == Page.objects.published("mn").count() == 11
    assert NewsItem.objects.published("en").count() == NewsItem.objects.published("mn").count() == 28
    assert Workshop.objects.public("en").past().count() == Workshop.objects.public("mn").past().count() == 18


def test_loading_again_changes_nothing():
    before = rows_and_events()
    assert country_office.load() == {"unchanged": 317}
    call_command("load_country_office", "--if-needed")
    assert rows_and_events() == before


def test_asking_whether_it_is_needed_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert country_office.is_up_to_date()


def test_history_says_who_brought_the_facts():
    event = apps.get_model("office", "NewsItemEvent").objects.get(slug=SEED)
    assert event.pgh_context.metadata["command"] == "load_country_office"


def test_new_facts_reach_rows_that_nobody_edited(changed_facts):
    changed_facts("work_areas.json", lambda areas: areas[0].update(summary_en="Another summary.", targets=["8.8"]))
    changed_facts("indicators.json", lambda indicators: indicators[0]["points"][0].update(value="7000"))
    assert not country_office.is_up_to_date()
    assert country_office.load() == {"unchanged": 315, "brought up to date": 2}
    area = WorkArea.objects.get(slug="labour-mobility")
    assert area.summary_en == "Another summary."
    assert [target.code for target in area.targets.all()] == ["8.8"]
    assert IndicatorPoint.objects.get(indicator__slug="immigrant-stock", label_en="1990").value == 7000
    assert country_office.is_up_to_date()


def test_what_an_editor_changed_stays(changed_facts):
    WorkArea.objects.filter(slug="diaspora").update(name_mn="Гадаад дахь монголчууд")
    WorkArea.objects.get(slug="climate-dzud").targets.clear()
    IndicatorPoint.objects.filter(indicator__slug="urban-share", label_en="2024").update(value=72)
    NewsItem.objects.filter(slug="launch-of-the-climate-mobility-project").update(slug="climate-mobility-begins")
    Resource.objects.filter(slug="sdg-gov-mn").delete()

    def say(name):
        return lambda items: [item.update({name: "Other words."}) for item in items]

    changed_facts("work_areas.json", say("summary_en"))
    changed_facts("indicators.json", say("note_en"))
    changed_facts("news.json", say("lead_en"))
    changed_facts("resources.json", say("summary_en"))
    outcome = country_office.load()
    assert outcome["left as edited"] == 5
    assert WorkArea.objects.get(slug="diaspora").summary_en != "Other words."
    assert WorkArea.objects.get(slug="climate-dzud").targets.count() == 0
    assert WorkArea.objects.get(slug="labour-mobility").summary_en == "Other words."
    assert IndicatorPoint.objects.get(indicator__slug="urban-share", label_en="2024").value == 72
    assert NewsItem.objects.count() == 28
    assert not Resource.objects.filter(slug="sdg-gov-mn").exists()
    assert country_office.is_up_to_date()


def test_a_row_made_by_hand_under_the_same_name_stays(changed_facts):
    ActionLink.objects.create(slug="hotline", kind="help", title_en="By hand", title_mn="Гараар")
    changed_facts("action_links.json", lambda links: links.append({"slug": "hotline", "kind": "help", "title_en": "From the facts"}))
    assert country_office.load()["left as edited"] == 1
    assert ActionLink.objects.get(slug="hotline").title_en == "By hand"
    assert country_office.is_up_to_date()


# What it says -------------------------------------------------------------------------------------------------


def test_the_first_press_release_tells_all_that_its_source_tells():
    item = NewsItem.objects.get(slug=SEED)
    assert item.kind == NewsItem.Kind.PRESS_RELEASE
    assert item.title_en == "IOM, Mongolia seek to manage labour migration"
    assert (item.published_on.year, item.precision) == (2013, Precision.YEAR)
    assert item.date_note_en and item.date_note_mn
    text = strip_tags(item.lead_en + item.body_en)
    for fact in (
        "outstanding economic performance", "mining", "untapped", "least densely populated", "high-, semi- or low-skilled",
        "Republic of Korea", "United States", "Europe", "two-day workshop", "Ulaanbaatar", "Ulan Bator", "this week",
        "thirty Mongolian government officials", "country of origin", "country of destination", "starts the day after",
        "Mongolian Immigration Agency", "Employment Promotion Center", "Labour; Justice; Finance; Foreign Affairs; and Population",
        "Population Development and Social Protection", "IOM Development Fund", "International Development Fund",
        "number of labour migrants who enter and leave",
    ):  # fmt: skip
        assert fact in text, fact
    mongolian = strip_tags(item.lead_mn + item.body_mn)
    for fact in ("уул уурхай", "БНСУ", "АНУ", "Европ", "30 албан хаагч", "хоёр өдрийн", "Хөгжлийн сан", "Хөдөлмөр эрхлэлтийг дэмжих төв"):
        assert fact in mongolian, fact
    (quote,) = item.quotes.all()
    assert quote.text_en == (
        "This workshop will provide senior Mongolian officials with the tools to develop labour migration policy, to address "
        "labour shortages and to protect migrant rights. This is a crucial time for the country and IOM is very glad to be "
        "partnering with the government in this vital area."
    )
    assert (quote.speaker_en, quote.role_en) == ("Kieran Gorman-Best", "IOM’s representative in Mongolia")
    assert quote.text_mn and quote.speaker_mn
    (workshop,) = item.workshops.all()
    assert (workshop.duration_days, workshop.reported_participants) == (2, 30)
    assert workshop.funder == item.funder == Organisation.objects.get(slug="iom-development-fund")
    institutions = {
        "immigration-agency-gihaeg", "employment-promotion-center", "ministry-of-labour-2012", "ministry-of-justice-2012",
        "ministry-of-finance", "ministry-of-foreign-affairs", "mpdsp-2012",
    }  # fmt: skip
    assert set(item.institutions.values_list("slug", flat=True)) == institutions
    assert set(workshop.allocations.values_list("organisation__slug", flat=True)) == institutions
    assert Redirect.objects.get(old_path=f"/news/{SEED}").new_path == f"/news/{SEED}/"


def test_a_contact_of_2013_is_nobodys_contact_today():
    (contact,) = NewsItem.objects.get(slug=SEED).press_contacts.all()
    assert (contact.name, contact.office_en, contact.email) == ("Ellen Wong", "IOM Beijing", "ewong@iom.int")
    assert not contact.is_active
    assert not PressContact.objects.active().exists()


def test_the_office_says_what_it_is():
    office = CountryOffice.objects.get()
    assert (office.present_since, office.member_states, office.countries_present, office.figures_as_of) == (2011, 175, "100+", "2025")
    assert (office.email, office.phone, office.address_en) == ("", "", "")
    about = Page.objects.get(key="about")
    for fact in ("United Nations System", "since 1951", "humane and orderly", "benefit of all", "175 member States", "over 100 countries"):
        assert fact.lower() in strip_tags(about.lead_en + about.body_en).lower(), fact


@pytest.mark.parametrize(
    ("slug", "starts_on", "ends_on", "precision"),
    [
        ("labour-migration-policy-2013", "2013-01-01", None, Precision.YEAR),
        ("hld-consultation-2013", "2013-09-01", None, Precision.MONTH),
        ("online-investigation-2024", "2024-01-01", None, Precision.MONTH),
        ("zamiin-uud-2023", "2023-01-31", "2023-02-01", Precision.DAY),
    ],
)
def test_dates_are_as_exact_as_they_are_known(slug, starts_on, ends_on, precision):
    workshop = Workshop.objects.get(slug=slug)
    assert (str(workshop.starts_on), workshop.ends_on and str(workshop.ends_on), workshop.precision) == (starts_on, ends_on, precision)


def test_past_workshops_promise_no_seats():
    assert SeatAllocation.objects.exclude(guaranteed=0, maximum=None).count() == 0
    assert Workshop.objects.exclude(status=Workshop.Status.COMPLETED).count() == 0


def test_doubtful_figures_stay_inside():
    public = set(Indicator.objects.public("en").values_list("slug", flat=True))
    everything = set(Indicator.objects.values_list("slug", flat=True))
    assert everything - public == {"citizens-in-selected-countries"}


def test_parts_of_a_whole_are_kept_as_parts():
    parts = IndicatorPoint.objects.filter(indicator__slug="foreign-workers-nationality", label_en="2015-12")
    assert parts.count() == 7
    assert sum(part.value for part in parts) == 100
    assert parts.get(part_en="China").part_mn == "Хятад"


def test_every_reform_leads_forward():
    leads_to = {}
    for succession in Succession.objects.all():
        leads_to.setdefault(succession.predecessor_id, []).append(succession.successor_id)

    def walk(organisation, way):
        assert organisation not in way, way
        for successor in leads_to.get(organisation, []):
            walk(successor, [*way, organisation])

    for organisation in leads_to:
        walk(organisation, [])
    for organisation in Organisation.objects.exclude(parent=None):
        seen = {organisation.pk}
        while organisation.parent:
            organisation = organisation.parent
            assert organisation.pk not in seen
            seen.add(organisation.pk)


def test_ministry_of_labour_is_found_under_its_names_of_every_time():
    ministry = Organisation.objects.get(slug="ministry-of-labour-2012")
    assert (ministry.acronym_mn, str(ministry.valid_from), ministry.valid_from_precision) == ("ХЯ", "2012-08-01", Precision.MONTH)
    (succession,) = ministry.successions.all()
    assert (succession.successor.slug, succession.relation, succession.precision) == ("mlsp-2016", "merged", Precision.DAY)


def test_every_row_is_one_that_the_admin_would_take():
    for sort in country_office.SORTS:
        for row in sort.model.objects.all():
            row.full_clean()


def test_all_that_visitors_read_is_there_in_both_languages():
    for model in (CountryOffice, Goal, Target, CompactObjective, WorkArea, Organisation, Page, Resource, ActionLink, Indicator, IndicatorPoint, Workshop, NewsItem):
        pairs = [field.name[:-3] for field in model._meta.fields if field.name.endswith("_en")]
        if model is NewsItem:
            pairs.remove("body")  # the page says where the whole text is in one language alone
        if model is Organisation:
            pairs.remove("acronym")  # not every body has one in both
        for row in model.objects.all():
            for name in pairs:
                assert bool(getattr(row, f"{name}_en")) == bool(getattr(row, f"{name}_mn")), (row, name)


def test_facts_say_nothing_about_their_own_making():
    for path in country_office.FACTS.glob("*.json"):
        text = path.read_text().lower()
        for word in ("own knowledge", "github", "the portal should", "native review", "_about"):
            assert word not in text, (path.name, word)


def test_old_addresses_lead_to_what_is_there():
    slugs = set(NewsItem.objects.values_list("slug", flat=True)) | set(WorkArea.objects.values_list("slug", flat=True)) | {"about"}
    for redirect in Redirect.objects.all():
        redirect.full_clean()
        assert redirect.new_path.strip("/").split("/")[-1] in slugs

