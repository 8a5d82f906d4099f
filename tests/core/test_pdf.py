"""Documents: what is given is printed as it stands, the same on every machine, tagged and described."""

import datetime
import io
import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import pypdf
import pytest
import typst

from core import pdf

HEAD = {
    "organisation": {"en": "International Organization for Migration", "mn": "Олон Улсын Шилжилт Хөдөлгөөний Байгууллага"},
    "office": {"en": "IOM Mongolia", "mn": "ОУШХБ-ын Монгол дахь төлөөлөгчийн газар"},
    "address": {"en": "Ulaanbaatar", "mn": "Улаанбаатар"},
    "phone": "", "email": "", "website": "mongolia.iom.int",
}  # fmt: skip
TRIAL = """#import "letterhead.typ": *
#show: on-letterhead
#title-pair(data.heading)
#said(data.name) *Өө Үү* _Ёё_
#if data.script_font != "" { text(font: data.script_font, data.script) }
#if data.at("nowhere", default: none) != none { image("missing.svg") }
#pagebreak()
"""


@pytest.fixture(autouse=True)
def trial_template(tmp_path, monkeypatch):
    shutil.copy(pdf.FOLDER / "letterhead.typ", tmp_path)
    (tmp_path / "trial.typ").write_text(TRIAL)
    monkeypatch.setattr(pdf, "FOLDER", tmp_path)


def trial(**more):
    heading = {"en": "A trial", "mn": "Туршилт"}
    return {"title": "A trial · Туршилт", "letterhead": HEAD, "running": heading, "heading": heading, "name": "Бат", "script": "", **more}


def read(made):
    return pypdf.PdfReader(io.BytesIO(made))


def text(made):
    return re.sub(r"\s+", " ", "\n".join(page.extract_text() for page in read(made).pages))


def test_both_languages_and_the_number_of_pages_are_printed():
    words = text(pdf.render("trial", trial()))
    for phrase in ("International Organization for Migration", "Олон Улсын Шилжилт Хөдөлгөөний Байгууллага", "Page 1 of 2", "2-р хуудас, нийт 2", "Өө Үү Ёё"):
        assert phrase in words


@pytest.mark.parametrize("name", ["#panic()", "*Бат* _x_ $y$ `z`", '"#image(\\"a\\")', "\\ // <b> @x", "{}[]"])
def test_a_name_is_no_markup(name):
    assert " ".join(name.split()) in text(pdf.render("trial", trial(name=name)))


def test_the_same_data_give_the_same_bytes_and_another_day_other_ones():
    day = datetime.date(2026, 3, 5)
    first = pdf.render("trial", trial(), dated=day)
    pdf._compiler.cache_clear()
    assert pdf.render("trial", trial(), dated=day) == first
    assert pdf.render("trial", trial(), dated=day + datetime.timedelta(1)) != first


def test_the_file_says_what_it_is_who_made_it_and_when():
    made = read(pdf.render("trial", trial(language="mn"), dated=datetime.date(2026, 3, 5)))
    assert (made.metadata.title, made.metadata.author) == ("A trial · Туршилт", HEAD["organisation"]["en"])
    assert made.metadata.creation_date.date() == datetime.date(2026, 3, 5)
    catalogue = made.trailer["/Root"]
    assert (catalogue["/Lang"], bool(catalogue["/MarkInfo"]["/Marked"])) == ("mn", True)
    assert "pdfuaid" in catalogue["/Metadata"].get_object().get_data().decode()


def test_a_letter_that_no_font_has_is_no_reason_to_refuse_a_document():
    made = read(pdf.render("trial", trial(name="王 Ван")))
    assert "Ван" in made.pages[0].extract_text()
    assert "pdfuaid" not in made.trailer["/Root"]["/Metadata"].get_object().get_data().decode()


def test_a_fault_in_a_template_is_told():
    with pytest.raises(typst.TypstError, match="not found"):
        pdf.render("trial", trial(nowhere=1))


def test_a_picture_of_each_page():
    assert [picture[:4] for picture in pdf.pages("trial", trial(), pixels_per_inch=20)] == [b"\x89PNG"] * 2


def test_threads_do_not_disturb_each_other():
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda number: text(pdf.render("trial", trial(name=f"Бат{number}"))), range(12)))
    assert [f"Бат{number}" in words for number, words in enumerate(made)] == [True] * 12


def test_a_font_for_the_traditional_script_is_what_the_setting_names(settings, tmp_path):
    assert pdf.script_font() == ""
    settings.MONGOLIAN_SCRIPT_FONT = str(tmp_path / "none.ttf")
    assert pdf.script_font() == ""
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    settings.MONGOLIAN_SCRIPT_FONT = str(tmp_path / "broken.ttf")
    assert pdf.script_font() == ""
    assert "Бат" in text(pdf.render("trial", trial(script="ᠪᠠᠲᠤ")))


@pytest.mark.parametrize(("named", "told"), [("", "core.I001"), ("/nowhere.ttf", "core.W001")])
def test_a_missing_font_is_told_to_who_installs(settings, named, told):
    from core.checks import mongolian_script_can_be_set

    settings.MONGOLIAN_SCRIPT_FONT = named
    (problem,) = mongolian_script_can_be_set(None)
    assert (problem.id, "fonts-noto-core" in problem.hint) == (told, True)
