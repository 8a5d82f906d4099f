"""The checks: each rule with a text that it finds and one that it lets pass, in both languages."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from iom_mongolia import country_office
from office import proofreading, reviews, versions
from office.models import Goal, NewsContact, NewsItem, Page, Picture, Quote, ResourceFile, Target
from office.proofreading import findings
from tests import people
from tests.office.test_languages import old_item

pytestmark = pytest.mark.django_db

LONG = {"en": "word " * 60 + "word.", "mn": "үг " * 60 + "үг."}


def fine(**details):
    """A press release in which nothing is found."""
    details = {"kind": "press-release", "lead_en": "In short.", "lead_mn": "Товчхондоо.", **details}
    item = people.news_item(**details)
    NewsContact.objects.create(item=item, contact=people.press_contact())
    goal = Goal.objects.get_or_create(number=10, defaults={"name_en": "Goal", "name_mn": "Зорилго", "colour": "#000000"})[0]
    item.targets.add(Target.objects.get_or_create(goal=goal, code="10.7", defaults={"text_en": "Text", "text_mn": "Бичвэр"})[0])
    return item


def codes(item):
    return {(finding.code, finding.language) for finding in findings(item)}


def test_in_a_good_release_nothing_is_found():
    assert findings(fine()) == []


# Rule, language → details with which it finds something, and such with which it does not.
RULES = [
    ("no_english", "en", {"title_en": "", "body_en": "", "lead_en": ""}, {"title_en": "A title"}),
    ("no_mongolian", "mn", {"title_mn": "", "body_mn": "", "lead_mn": ""}, {"title_mn": "Гарчиг"}),
    ("no_text", "en", {"body_en": ""}, {"body_en": "", "body_mn": ""}),
    ("no_text", "mn", {"body_mn": ""}, {"body_en": "", "body_mn": ""}),
    ("lead_too_long", "en", {"lead_en": "a" * 301}, {"lead_en": "a" * 300}),
    ("lead_too_long", "mn", {"lead_mn": "а" * 301}, {"lead_mn": "а" * 300}),
    ("heading_order", "en", {"body_en": "<h3>First</h3><p>.</p>"}, {"body_en": "<h2>First</h2><h3>Second</h3><h4>Third</h4><h2>Fourth</h2>"}),
    ("heading_order", "mn", {"body_mn": "<h2>Нэг</h2><h4>Хоёр</h4>"}, {"body_mn": "<h2>Нэг</h2><h3>Хоёр</h3>"}),
    ("link_text", "en", {"body_en": '<p><a href="https://www.iom.int/">Click here</a></p>'}, {"body_en": '<p><a href="https://www.iom.int/">The site of IOM</a></p>'}),
    ("link_text", "en", {"body_en": '<p>Go <a href="https://www.iom.int/">here</a>.</p>'}, {"body_en": '<p><a href="https://www.iom.int/">Stay here</a></p>'}),
    ("link_text", "en", {"body_en": '<p><a href="https://www.iom.int/">www.iom.int</a></p>'}, {"body_en": '<p><a href="mailto:a@iom.int">a@iom.int</a></p>'}),
    ("link_text", "mn", {"body_mn": '<p><a href="https://www.iom.int/">Энд дарна уу</a></p>'}, {"body_mn": '<p><a href="https://www.iom.int/">ОУШХБ-ын сайт</a></p>'}),
    ("link_text", "mn", {"body_mn": '<p><a href="https://www.iom.int/">https://www.iom.int/</a></p>'}, {"body_mn": '<p><a href="https://www.iom.int/">Энд юу хийдэг вэ</a></p>'}),
    ("link_text", "mn", {"body_mn": '<p><a href="https://www.iom.int/">энд</a></p>'}, {"body_mn": "<p>энд</p>"}),
    ("dead_link", "en", {"body_en": '<p><a href="/en/news/nowhere/">The news</a></p>'}, {"body_en": '<p><a href="/en/news/">The news</a></p>'}),
    ("dead_link", "mn", {"body_mn": '<p><a href="/mn/news/nowhere/">Мэдээ</a></p>'}, {"body_mn": '<p><a href="/mn/news/own/">Мэдээ</a></p>', "slug": "own"}),
    ("unfilled", "en", {"body_en": "<p>He said: [fill in: quote]</p>"}, {"body_en": "<p>He said: [sic]</p>"}),
    ("unfilled", "mn", {"lead_mn": "Тэр [бөглөх: ишлэл]"}, {"lead_mn": "Тэр"}),
    ("capitals", "en", {"title_en": "WORKSHOP IN ULAANBAATAR"}, {"title_en": "Workshop of IOM, UNDP and WHO"}),
    ("capitals", "en", {"body_en": "<p>It is VERY IMPORTANT INDEED TODAY for all.</p>"}, {"body_en": "<p>IOM, UNDP, UNICEF, WHO and IFRC came.</p>"}),
    ("capitals", "mn", {"title_mn": "УЛААНБААТАРТ СУРГАЛТ БОЛОВ"}, {"title_mn": "ОУШХБ-ын сургалт"}),
    ("long_sentence", "en", {"body_en": f"<p>{LONG['en']}</p>"}, {"body_en": f"<p>{'Few words here. ' * 30}</p>"}),
    ("long_sentence", "mn", {"body_mn": f"<p>{LONG['mn']}</p>"}, {"body_mn": f"<p>{'Цөөн үг энд. ' * 30}</p>"}),
]


@pytest.mark.parametrize("code, language, finds, passes", RULES)
def test_each_rule_finds_and_lets_pass(code, language, finds, passes):
    assert (code, language) in codes(fine(**finds))
    assert (code, language) not in codes(fine(**passes))


@pytest.mark.parametrize("old", [
    "Ulan Bator", "Ulan-Bator", "Ulaan Baatar", "Ulaanbatar", "ulanbator", "Outer Mongolia", "Улан-Батор", "Улан Баторт", "Улаан баатар",
])  # fmt: skip
@pytest.mark.parametrize("code", ["en", "mn"])
def test_old_spellings_are_found_but_not_in_what_others_said(old, code):
    right = {"en": "Mongolia", "mn": "Монгол Улс"}[code] if old.startswith("Outer") else {"en": "Ulaanbaatar", "mn": "Улаанбаатар"}[code]
    [found] = [each for each in findings(fine(**{f"body_{code}": f"<p>Officials met in {old} in May.</p>"})) if each.code == "old_spelling"]
    assert (found.field, found.language) == (f"body_{code}", code) and right in found.sentence and old in found.excerpt
    for passes in (
        f"<p>They met in {right}.</p>",
        f"<blockquote><p>We met in {old}.</p></blockquote>",
        f"<p>She called it “{old}”.</p>",
        f"<p>They met in {right} (the release spells it {old}).</p>",
    ):
        assert ("old_spelling", code) not in codes(fine(**{f"body_{code}": passes}))
    item = fine()
    Quote.objects.create(item=item, **{f"text_{code}": f"We met in {old}."})
    assert findings(item) == []


def test_brackets_alone_are_no_reason_for_an_old_spelling():
    assert ("old_spelling", "en") in codes(fine(body_en="<p>They met (in Ulan Bator).</p>"))


def test_a_quotes_speaker_is_named_by_us():
    item = fine()
    Quote.objects.create(item=item, text_en="Said.", speaker_en="A", order=1)
    Quote.objects.create(item=item, text_en="Said.", role_en="Mayor of Ulan Bator", order=2)
    [found] = findings(item)
    assert (found.code, found.field, found.label) == ("old_spelling", "quotes-1-role_en", "Quote 2: Role and office, English")


def test_the_mongolian_lags_until_it_is_changed_or_found_up_to_date():
    item = old_item()
    NewsItem.objects.filter(pk=item.pk).update(title_en="Changed")
    assert ("lags", "mn") in codes(item)
    NewsItem.objects.filter(pk=item.pk).update(title_mn="Өөрчилсөн")
    assert ("lags", "mn") not in codes(item)


def test_a_press_release_needs_a_contact_and_news_none():
    assert ("no_contact", "") in codes(people.news_item(kind="press-release"))
    assert ("no_contact", "") not in codes(people.news_item(kind="news"))


def test_targets_are_missed_where_there_can_be_some():
    assert ("no_targets", "") in codes(people.news_item()) and ("no_targets", "") in codes(people.work_area())
    assert ("no_targets", "") not in codes(fine())
    assert ("no_targets", "") not in codes(Page.objects.create(key="about", title_en="About", title_mn="Тухай"))


def test_a_picture_is_described_in_both_languages_and_those_shown_agreed():
    item = fine()
    picture = people.picture(item=item)
    assert findings(item) == []
    Picture.objects.filter(pk=picture.pk).update(alt_mn="", consent="open")
    assert [(each.code, each.language, each.field) for each in findings(item)] == [("no_alt", "mn", "pictures"), ("no_consent", "", "pictures")]
    Picture.objects.filter(pk=picture.pk).update(alt_mn="Зураг", consent="given", consent_note="By letter.", consent_until=timezone.localdate())
    assert findings(item) == []
    Picture.objects.filter(pk=picture.pk).update(consent_until=timezone.localdate() - timedelta(days=1))
    [found] = findings(item)
    assert found.code == "no_consent" and "has ended" in found.sentence


def test_the_pictures_of_a_version_and_of_a_form_are_read_too():
    item, hidden = fine(), people.picture(consent="open")
    data = versions.snapshot(item)
    data["parts"]["newspicture"] = [{"pk": 1, "picture_id": hidden.pk, "order": 0}]
    version = versions.keep(item, data, by=people.editor())
    assert [each.code for each in proofreading.findings_of_newest(item, version)] == ["no_consent"] and findings(item) == []
    rows = {"pictures-TOTAL_FORMS": "3", "pictures-0-picture": str(hidden.pk), "pictures-1-picture": "x", "pictures-2-picture": "", "pictures-2-order": "1"}
    sheet = proofreading.sheet_of_form(NewsItem, typed(**rows), item)
    assert [each.why_not for each in sheet.pictures] == [str(hidden.why_not_shown)]


def test_an_infographic_is_described_at_length():
    drawn = people.publication(kind="infographic", description_en="All that it says.")
    ResourceFile.objects.create(resource=drawn, language="en", format="png", url="https://iom.example/drawn.png", width=10, height=10)
    assert ("no_alt", "mn") in codes(drawn) and ("no_alt", "en") not in codes(drawn)


def test_the_seeds_release_passes_with_its_old_spelling():
    country_office.load()
    facts = json.loads((Path(country_office.FACTS) / "news.json").read_text(encoding="utf-8"))
    told = [fact["slug"] for fact in facts if "Ulan Bator" in json.dumps(fact)]
    assert told
    for item in NewsItem.objects.filter(slug__in=told):
        assert [finding for finding in findings(item) if finding.code == "old_spelling" or finding.blocks] == []


def test_one_language_is_asked_for():
    item = fine(lead_en="a" * 301, lead_mn="а" * 301, kind="press-release")
    item.targets.clear()
    assert [(each.code, each.language) for each in findings(item, "mn")] == [("lead_too_long", "mn"), ("no_targets", "")]


def test_what_stops_publication_stands_first_and_stops_it():
    for details in ({"body_en": '<p><a href="/en/news/nowhere/">The news</a></p>'}, {"body_en": "<p>[fill in: quote]</p>"}):
        item = fine(published=False, kind="news", lead_en="a" * 301, **details)
        assert [each.blocks for each in findings(item)] == [True, False]
        with pytest.raises(ValidationError) as refusal:
            reviews.publish(item, by=people.editor(email=None), moments={"en": None})
        assert refusal.value.code in {"dead_link", "unfilled"}


def test_many_items_take_as_many_queries_as_one():
    items = [fine(body_en=f'<p><a href="/en/news/nowhere-{number}/">The news</a></p>') for number in range(3)]
    numbers = []
    for some in (items[:1], items):
        with CaptureQueriesContext(connection) as queries:
            found = proofreading.findings_of(some)
        assert all(each.blocks for rows in found.values() for each in rows) and len(found) == len(some)
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


# Texts that no rows hold --------------------------------------------------------------------------------------


def test_a_waiting_version_is_read_like_rows():
    item = fine()
    data = versions.snapshot(item)
    data["fields"]["lead_mn"], data["parts"]["newscontact"] = "[бөглөх: товч]", []
    version = versions.keep(item, data, by=people.editor())
    sheet = proofreading.sheet_of_version(version, NewsItem)
    sheet = proofreading.find_dead({0: sheet})[0]
    assert [(each.code, each.language) for each in proofreading.read(sheet)] == [("unfilled", "mn"), ("no_contact", "")]
    assert findings(item) == []


def test_a_picture_without_consent_is_found_in_rows_and_in_a_version():
    item = fine()
    hidden = people.picture(item=item, consent="withdrawn")
    people.picture(item=item)
    assert [(each.code, each.field, each.sentence) for each in findings(item)] == [("no_consent", "pictures", str(hidden.why_not_shown))]
    data = versions.snapshot(item)
    item.pictures.filter(picture=hidden).delete()
    version = versions.keep(item, data, by=people.editor())
    assert findings(item) == []
    assert [each.code for each in proofreading.findings_of_newest(item, version)] == ["no_consent"]


def typed(**fields):
    posted = QueryDict(mutable=True)
    posted.update({"title_en": "Typed", "title_mn": "Бичсэн", "body_en": "<p>So.</p>", "body_mn": "<p>Тийм.</p>", "kind": "press-release", "targets": "1", **fields})
    return posted


def test_a_form_is_read_with_the_rows_inside_it():
    rows = {
        "newscontact_set-TOTAL_FORMS": "1", "newscontact_set-0-contact": "5", "quotes-TOTAL_FORMS": "2",
        "quotes-0-text_en": "[fill in: quote]", "quotes-0-DELETE": "on", "quotes-1-speaker_en": "[fill in: who]",
    }  # fmt: skip
    sheet = proofreading.find_dead({0: proofreading.sheet_of_form(NewsItem, typed(**rows))})[0]
    assert [(each.code, each.field) for each in proofreading.read(sheet)] == [("unfilled", "quotes-1-speaker_en")]


@pytest.mark.parametrize("fields", [{}, {"quotes-TOTAL_FORMS": "x"}, {"quotes-TOTAL_FORMS": "999999999"}, {"targets": ["a", "b"]}, {"body_en": "<p><a href='http://[x'>A place</a><h9>"}])
def test_no_form_is_too_odd_to_be_read(fields):
    sheet = proofreading.find_dead({0: proofreading.sheet_of_form(NewsItem, typed(**fields))})[0]
    assert proofreading.read(sheet) is not None
    assert proofreading.sheet_of_form(NewsItem, QueryDict()).values["title_en"] == ""


def test_who_types_english_alone_is_told_that_the_mongolian_lags():
    item = fine()
    same = {f"{name}_{code}": getattr(item, f"{name}_{code}") for name in NewsItem.WORDS for code in ("en", "mn")}
    for changes, behind in (({}, False), ({"title_en": "Anew"}, True), ({"title_en": "Anew", "title_mn": "Шинэ"}, False), ({"title_en": "Anew", "title_mn": ""}, False)):
        assert proofreading.sheet_of_form(NewsItem, typed(**{**same, **changes}), item).lags is behind
