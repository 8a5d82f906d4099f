"""An item's page: what was changed, what it belongs to, how it is shared, copied and printed."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.pages import paragraphs
from office.models import ChangeNote, NewsContact, NewsItem, Quote
from tests import people
from tests.admin.forms import filled

pytestmark = pytest.mark.django_db


def test_a_correction_is_said_at_the_top_and_told_below_in_the_language_of_the_page(client):
    item = people.news_item(slug="mended")
    ChangeNote.objects.create(item=item, on=date(2026, 5, 3), text_en="It said six; seven came.", text_mn="Зургаа биш, долоо.")
    ChangeNote.objects.create(item=item, kind="update", on=date(2026, 5, 9), text_en="The date was added.")
    english, mongolian = client.get("/en/news/mended/"), client.get("/mn/news/mended/")
    assert "This item was corrected: 3 May 2026." in english.text
    assert [note.text_en for note in english.context["changes"]] == ["The date was added.", "It said six; seven came."]
    assert "changed: 9 May 2026" in english.text
    assert [note.text_mn for note in mongolian.context["changes"]] == ["Зургаа биш, долоо."]
    assert "The date was added." not in mongolian.text


def test_an_update_alone_is_no_correction(client):
    ChangeNote.objects.create(item=people.news_item(slug="grown"), kind="update", text_en="More was added.")
    page = client.get("/en/news/grown/")
    assert page.context["corrected"] is None
    assert "More was added." in page.text


def test_a_change_note_says_something():
    with pytest.raises(IntegrityError, match="change_note_says_something"), transaction.atomic():
        ChangeNote.objects.create(item=people.news_item())


def test_an_editor_tells_a_change_in_every_language_of_the_item(client):
    people.signed_in(client, people.editor())
    item = people.news_item(title_en="Both", title_mn="Хоёул", published=False)
    address = reverse("admin:office_newsitem_change", args=[item.pk])
    note = {"changes-TOTAL_FORMS": "1", "changes-0-kind": "correction", "changes-0-on": "2026-05-03", "changes-0-text_en": "Seven, not six."}
    refused = client.post(address, {**filled(client.get(address)), **note})
    assert "The item exists in this language: say there too what was changed." in refused.text
    assert not ChangeNote.objects.exists()
    taken = client.post(address, {**filled(client.get(address)), **note, "changes-0-text_mn": "Зургаа биш, долоо."})
    assert taken.status_code == 302
    assert ChangeNote.objects.get().text_mn == "Зургаа биш, долоо."


@pytest.mark.parametrize(
    ("precision", "now", "is_old"),
    [("day", "2015-06-01", False), ("day", "2015-07-01", True), ("month", "2015-06-20", False), ("year", "2015-12-30", False), ("year", "2016-01-01", True)],
)
def test_an_item_is_old_when_its_last_possible_day_is(client, precision, now, is_old):
    then = datetime(2013, 7, 1, tzinfo=UTC)
    people.news_item(slug="item", published_on=date(2013, 6, 10), precision=precision, publish_at_en=then, publish_at_mn=then)
    with time_machine.travel(f"{now} 12:00", tick=False):
        assert client.get("/en/news/item/").context["is_old"] is is_old


@pytest.mark.parametrize(
    ("precision", "said"),
    [("day", "Published: 10 June 2013."), ("month", "Published: June 2013."), ("year", "This was published in 2013:")],
)
def test_the_banner_of_an_old_item_is_as_exact_as_its_date(client, precision, said):
    people.news_item(slug="item", published_on=date(2013, 6, 10), precision=precision)
    assert said in client.get("/en/news/item/").text


def test_what_a_workshops_facts_say_is_not_said_twice(client):
    came, named, fund = people.organisation(name_en="Came"), people.organisation(name_en="Named"), people.organisation(name_en="Fund")
    item = people.news_item(slug="item", funder=fund)
    item.institutions.set([came, named])
    page = client.get("/en/news/item/")
    assert (set(page.context["institutions"]), page.context["funder"]) == ({came, named}, fund)
    held = people.workshop(funder=fund)
    held.allocations.create(organisation=came)
    held.news.add(item)
    page = client.get("/en/news/item/")
    assert (set(page.context["institutions"]), page.context["funder"]) == ({named}, None)
    assert page.text.count(">Fund<") == 1
    assert f'href="/en/news/?institution={named.slug}">Named</a>' in page.text


def test_contacts_stand_as_cards_in_the_order_that_the_item_gives_them(client):
    item = people.news_item(slug="item")
    for place, name in [(2, "Bold"), (1, "Anu")]:
        NewsContact.objects.create(item=item, contact=people.press_contact(name=name), order=place)
    page = client.get("/en/news/item/").text
    assert page.count('class="contact-card"') == 2
    assert page.index("<h3>Anu</h3>") < page.index("<h3>Bold</h3>")


def test_the_title_in_the_old_script_stands_upright_on_the_mongolian_page(client):
    people.news_item(slug="item", title_script="ᠮᠣᠩᠭᠣᠯ")
    assert '<p class="title-script" lang="mn-Mong">ᠮᠣᠩᠭᠣᠯ</p>' in client.get("/mn/news/item/").text
    assert "ᠮᠣᠩᠭᠣᠯ" not in client.get("/en/news/item/").text
    with pytest.raises(ValidationError, match="Only letters of the traditional"):
        NewsItem(title_script="Монгол").clean_fields(exclude=[])


def test_a_font_for_the_old_script_is_handed_out_where_the_setting_names_one(client, settings, tmp_path):
    people.news_item(slug="item", title_script="ᠮᠣᠩᠭᠣᠯ")
    settings.MONGOLIAN_SCRIPT_FONT = str(tmp_path / "missing.ttf")
    assert client.get("/fonts/mongolian-script").status_code == 404
    settings.MONGOLIAN_SCRIPT_FONT = ""
    assert client.get("/fonts/mongolian-script").status_code == 404
    assert "mongolian-script.css" not in client.get("/mn/news/item/").text
    (tmp_path / "font.ttf").write_bytes(b"a font")
    settings.MONGOLIAN_SCRIPT_FONT = str(tmp_path / "font.ttf")
    assert "mongolian-script.css" in client.get("/mn/news/item/").text
    assert "mongolian-script.css" not in client.get("/en/news/item/").text
    answer = client.get("/fonts/mongolian-script")
    assert (answer["Content-Type"], b"".join(answer.streaming_content)) == ("font/ttf", b"a font")


def test_links_to_share_an_item_need_no_script_and_print_shows_its_address(client, settings):
    settings.PORTAL_ADDRESS = "https://portal.example"
    people.news_item(slug="item", title_en="Trains & planes")
    page = client.get("/en/news/item/").text
    assert 'href="https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Fportal.example%2Fen%2Fnews%2Fitem%2F"' in page
    assert 'href="mailto:?subject=Trains%20%26%20planes&amp;body=https%3A%2F%2Fportal.example%2Fen%2Fnews%2Fitem%2F"' in page
    printed = page[page.index('class="print-address"') :]
    assert '<svg class="qr"' in printed and "https://portal.example/en/news/item/" in printed


def test_the_plain_text_holds_what_a_newsroom_copies(client, settings):
    settings.PORTAL_ADDRESS = "https://portal.example"
    item = people.news_item(
        slug="item", kind="press-release", title_en="A title", lead_en="In short.", dateline_en="Ulaanbaatar", published_on=date(2014, 9, 15),
        precision="month", body_en="<p>It &amp; all began.</p><ul><li><p>First</p></li></ul>",
    )  # fmt: skip
    Quote.objects.create(item=item, text_en="Well done", speaker_en="A. Speaker", role_en="Chief")
    ChangeNote.objects.create(item=item, on=date(2026, 5, 3), text_en="Seven came.")
    NewsContact.objects.create(item=item, contact=people.press_contact(name="Anu", email="anu@iom.example"))
    answer = client.get("/en/news/item/text/")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer.text.split("\n\n") == [
        "A title", "Press release, September 2014", "In short.", "Ulaanbaatar — It & all began.", "– First",
        "“Well done”\n— A. Speaker, Chief", "Correction, 3 May 2026: Seven came.", "Press contact: Anu\nanu@iom.example",
        "https://portal.example/en/news/item/\n",
    ]  # fmt: skip


def test_a_text_that_is_not_public_cannot_be_copied(client):
    people.news_item(slug="draft", published=False)
    people.news_item(slug="english", title_mn="")
    assert client.get("/en/news/draft/text/").status_code == 404
    assert client.get("/mn/news/english/text/").status_code == 404


def test_paragraphs_are_lines():
    assert paragraphs("<h2>A</h2><p>b<br>c</p><ol><li>d</li></ol><table><tr><td>e</td><td>f</td></tr></table>") == ["A", "b", "c", "– d", "e f"]
    assert paragraphs("") == []


def test_many_notes_cost_no_more_queries(client):
    item = people.news_item(slug="item")
    counts = []
    for _turn in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get("/en/news/item/")
        counts.append(len(asked))
        for number in range(3):
            ChangeNote.objects.create(item=item, text_en=f"Note {number}")
            NewsContact.objects.create(item=item, contact=people.press_contact(name=f"Desk {number}"))
    # Where an item names nobody, the office's own contacts are asked for.
    assert counts[1] <= counts[0]
