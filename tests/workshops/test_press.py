"""From a workshop to the press: the draft says what is known in both languages, and what is open keeps it unpublished."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from core.pages import plain
from office.models import NewsItem
from office.publishing import placeholders
from tests import people
from tests.admin.forms import filled
from workshops import press
from workshops.models import AttendanceMark, Project, Workshop

pytestmark = pytest.mark.django_db


def draft(at, by=None):
    return press.draft_news(at, by=by or people.organiser())


def text(item, language):
    return plain(getattr(item, f"body_{language}"))


# The workshop of the office's own press release of 2013 ---------------------------------------------------------


@pytest.fixture
def of_2013():
    call_command("load_country_office", verbosity=0)
    contact = people.press_contact(name="Press office", email="press@iom.example")
    return draft(Workshop.objects.get(slug="labour-migration-policy-2013")), contact


def test_the_draft_yields_every_fact_that_the_release_stated_about_the_workshop(of_2013):
    item, contact = of_2013
    english, mongolian = (f"{getattr(item, f'lead_{code}')} {text(item, code)}" for code in ("en", "mn"))
    for words in (
        "two-day workshop", "in Ulaanbaatar", "30 government officials", "seven institutions",
        "to establish effective labour migration policies for countries of origin and destination",
        "address shortages of labour", "protect the rights of migrants",
        "the challenge of managing the increasing number of labour migrants entering and leaving Mongolia",
        "the Mongolian Immigration Agency, the Employment Promotion Center and the Ministries of Labour; Justice; Finance; Foreign Affairs; "
        "and Population Development and Social Protection", "funded by the IOM Development Fund",
    ):  # fmt: skip
        assert words in english, words
    for words in (
        "хоёр өдрийн сургалт семинар", "Улаанбаатарт", "төрийн 30 албан хаагч", "долоон байгууллагын",
        "гарал орон, хүрэх орны хувьд үр нөлөөтэй хөдөлмөрийн шилжилт хөдөлгөөний бодлого боловсруулахад",
        "хөдөлмөрийн шилжигчдийн тоо өсөж буй нөхцөлд", "Хөдөлмөрийн яам", "Хууль зүйн яам", "Сангийн яам", "Гадаад харилцааны яам",
        "Хүн амын хөгжил, нийгмийн хамгааллын яам", "Хөдөлмөр эрхлэлтийг дэмжих төв", "Санхүүжүүлэгч: ОУШХБ-ын Хөгжлийн сан",
    ):  # fmt: skip
        assert words in mongolian, words
    assert (item.dateline_en, item.dateline_mn, item.funder.slug, item.institutions.count()) == ("Ulaanbaatar", "Улаанбаатар", "iom-development-fund", 7)
    assert list(item.press_contacts.all()) == [contact]
    assert "[fill in: quote]" in item.quotes.get().text_en and "[бөглөх: ишлэл]" in item.quotes.get().text_mn
    assert {area.slug for area in item.work_areas.all()} == {"labour-mobility", "migration-governance"}
    assert item.targets.exists()
    assert item.public_languages == []


# Any workshop -------------------------------------------------------------------------------------------------


def full(**details):
    donor, ministry = people.organisation(name_en="IOM Development Fund", name_mn="Хөгжлийн сан"), people.organisation(name_en="Ministry of Rain", name_mn="Борооны яам")
    project, _made = Project.objects.get_or_create(code="LM.1", defaults={"name_en": "Fair work", "name_mn": "Шударга хөдөлмөр"})
    details = {
        "title_en": "Fair recruitment", "title_mn": "Шударга зуучлал", "summary_en": "About fees <and> contracts.", "summary_mn": "Шимтгэл, гэрээ.",
        "funder": donor, "project": project, "signatory_en": "Kieran Gorman-Best, Chief of Mission", **details,
    }  # fmt: skip
    return people.workshop(**{"seats": {ministry: (1, 3)}, **details})


@pytest.mark.parametrize(
    ("starts_in", "status", "english", "mongolian"),
    [
        (1, "confirmed", "is hosting a two-day workshop in Ulaanbaatar for 30 government officials of one institution, which starts tomorrow", "маргааш"),
        (40, "nominating", "will host a two-day workshop in Ulaanbaatar for 30 government officials of one institution from", "зохион байгуулна"),
        (0, "running", "is hosting", "зохион байгуулж байна"),
        (-9, "completed", "hosted a two-day workshop", "зохион байгууллаа"),
    ],
)
def test_the_draft_speaks_of_the_day_on_which_it_is_made(starts_in, status, english, mongolian):
    item = draft(full(starts_in=starts_in, status=status))
    assert english in text(item, "en")
    assert mongolian in text(item, "mn")


def test_after_the_workshop_those_who_came_are_counted_not_the_places():
    at = full(starts_in=-5, status="running")
    other = people.organisation(name_en="Agency of Snow")
    came = [people.registration(workshop=at, organisation=other, person=people.person(sex=sex)) for sex in ("f", "m", "f")]
    people.registration(workshop=at, organisation=at.allocations.get().organisation)
    for number, registration in enumerate(came):
        AttendanceMark.objects.create(
            client_uuid=f"8f6f1a5e-0000-4000-8000-{number:012}", workshop=at, registration=registration, day=at.meeting_days.first(), kind="present",
            device_time=timezone.now(),
        )  # fmt: skip
    item = draft(at)
    assert "for 3 government officials of one institution" in text(item, "en")
    assert "Of the 3 who took part, 2 were women." in text(item, "en")
    assert [str(one) for one in item.institutions.all()] == ["Agency of Snow"]


def test_pressing_twice_gives_the_same_draft_and_after_it_is_published_a_new_one():
    at = full()
    first = draft(at)
    assert (draft(at), NewsItem.objects.count(), first.quotes.count()) == (first, 1, 1)
    first.publish_at_en = timezone.now()
    first.save()
    assert draft(at) != first
    assert at.news.count() == 2


@pytest.mark.parametrize(
    ("names", "listed"),
    [
        (["Ministry of Rain"], "the Ministry of Rain"),
        (["Ministry of Rain", "Agency of Snow"], "the Ministry of Rain and the Agency of Snow"),
        (["Ministry of Rain", "Agency of Snow", "Ministry of Hail"], "the Agency of Snow and the Ministries of Rain and Hail"),
        (["Ministry of Rain", "Ministry of Ice and Snow"], "the Ministries of Rain; and Ice and Snow"),
    ],
)
def test_ministries_are_named_together(names, listed):
    assert press._institutions(names) == listed


def test_those_who_come_from_a_trade_union_are_no_officials():
    item = draft(full(seats={people.organisation(kind="social-partner"): (1, 2)}))
    assert "for 30 participants of one institution" in text(item, "en") and "officials" not in text(item, "en")
    assert "30 төлөөлөгчид" in text(item, "mn")


def test_names_and_texts_inject_no_markup():
    item = draft(full(title_en="<script>x</script> Fair", venue_en="<b>Hall</b>"))
    assert "<script" not in item.body_en and "<b>" not in item.body_en
    assert "About fees" in item.body_en


def test_what_is_not_known_is_left_open_and_said():
    at = people.workshop(title_mn="", capacity=None, place_mn="")
    assert len(press.missing(press.facts_of(at))) == 5
    item = draft(at)
    assert placeholders(item.title_mn, item.dateline_mn, item.body_mn, item.body_en) == ["[бөглөх: гарчиг]", "[бөглөх: газар]", "[бөглөх: зорилго]", "[fill in: what it is for]"]


@pytest.mark.parametrize(
    ("place", "located"),
    [("Улаанбаатар", "Улаанбаатарт"), ("Дархан", "Дарханд"), ("Эрдэнэт", "Эрдэнэтэд"), ("Ховд", "Ховдод"), ("Өлгий", "Өлгийд"), ("Мөрөн", "Мөрөнд"), ("Чойбалсан", "Чойбалсанд"), ("Улаангом", "Улаангомд"), ("", "")],
)
def test_places_take_their_ending(place, located):
    assert press._located(place) == located


# Publishing ---------------------------------------------------------------------------------------------------


def test_a_draft_with_open_places_is_not_published_until_they_are_filled(client):
    item = draft(full())
    editor = people.signed_in(client, people.editor())
    address = reverse("admin:office_newsitem_change", args=[item.pk])
    publish = reverse("admin:office_newsitem_act", args=[item.pk, "publish"])

    def save(**fields):
        assert editor.post(address, {**filled(editor.get(address)), **fields}).status_code == 302

    answer = editor.post(publish, {"publish-en": "on"})
    assert answer.status_code == 422
    assert "Before it is published, write what is missing: [fill in: quote]" in answer.text
    assert not NewsItem.objects.exclude(publish_at_en=None).exists()
    # Saving it as a draft is always possible; with the quote written, English may be published although Mongolian is open.
    save(title_en="[fill in: title]", **{"quotes-0-text_en": "We are glad."})
    people.signed_in(client, people.editor())
    assert "[fill in: title]" in editor.post(publish, {"publish-en": "on"}).text
    save(title_en="Officials met")
    people.signed_in(client, people.editor())
    assert editor.post(publish, {"publish-en": "on"}).status_code == 302
    assert NewsItem.objects.get(pk=item.pk).public_languages == ["en"]
    assert "[бөглөх: ишлэл]" in editor.post(publish, {"publish-mn": "on"}).text


def test_brackets_of_other_kinds_are_no_placeholders():
    assert placeholders("He [the Minister] said so [sic].", None, "[Fill in: date] [fill in]") == ["[Fill in: date]", "[fill in]"]


# The pages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["organiser", "editor"])
def test_an_organiser_and_an_editor_reach_the_draft_by_pages_alone(client, role):
    at = full(starts_in=-5, status="completed")
    at.ends_on = at.starts_on + timedelta(days=1)
    user = people.signed_in(client, getattr(people, role)())
    start = reverse("staff:workshop", args=[at.slug]) if role == "organiser" else reverse("staff:today")
    follow = reverse("staff:press", args=[at.slug]) if role == "organiser" else reverse("staff:press_workshops")
    assert follow in user.get(start).content.decode()
    assert reverse("staff:press", args=[at.slug]) in user.get(reverse("staff:press_workshops")).content.decode()
    page = user.get(reverse("staff:press", args=[at.slug]))
    assert (page.status_code, NewsItem.objects.count()) == (200, 0)
    answer = user.post(reverse("staff:press", args=[at.slug]), follow=True)
    item = NewsItem.objects.get()
    assert answer.redirect_chain == [(reverse("admin:office_newsitem_change", args=[item.pk]), 302)]
    assert answer.status_code == 200
    again = user.get(reverse("staff:press", args=[at.slug]))
    assert "[fill in: quote]" in again.content.decode()


def test_the_list_costs_the_same_with_many(client, django_assert_num_queries):
    user = people.signed_in(client, people.editor())
    for count in (1, 3):
        for _number in range(count):
            draft(full(), by=people.editor())
        # Session, user; how many, rows.
        with django_assert_num_queries(4):
            user.get(reverse("staff:press_workshops"))
