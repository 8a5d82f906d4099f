"""The portal speaks Mongolian: every string has a certain translation that keeps its placeholders and its tags."""

import datetime
import json
import re

import pytest
from django.utils import formats, translation

from core import dates, translations
from iom_mongolia import of_others

CODES = translations.languages()
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdr]|\{\w*\}|%%")
TAG = re.compile(r"</?[a-z]+[^>]*>")
CYRILLIC = "А-яЁёӨөҮү"
# Russian and Mongolian share an alphabet of 35 letters; these belong to neighbours or to old encodings.
MONGOLIAN_LETTERS = set("абвгдеёжзийклмноөпрстуүфхцчшщъыьэюя")
# Words that stay in Latin letters in a Mongolian sentence.
LATIN = {
    "AA", "API", "Aegis", "Atom", "CSV", "DTM", "Enter", "Excel", "FreeOTP", "Google", "Authenticator", "IOM", "JavaScript", "LDAP", "LM",
    "BibTeX", "EndNote", "Mendeley", "Zotero", "JPEG", "WebP", "AVIF", "SVG", "CC", "BY", "NC", "ND", "JSON", "Q", "RIS", "ISBN", "ZIP", "SHA", "JPG", "OK", "PDF", "PNG", "PowerPoint", "QR", "REF", "RRGGBB", "Save", "UTF-8", "UTF", "WCAG", "Word", "Wi-Fi", "as", "csv", "workbook", "txt", "vCard",
    "xls", "xlsb", "xlsx", "zip", "iCalendar", "ics", "History", "Shift", "incognito", "a", "z", "A", "Z", "c", "news", "old", "title", "new",
}  # fmt: skip


def entries(code="mn"):
    """(what names it, its English forms, its translations) of what has been translated"""
    for message in translations.read(code):
        if message.id and any(message.string):
            english = message.id if isinstance(message.id, tuple) else (message.id,)
            yield english[0], english, message.string if isinstance(message.string, tuple) else (message.string,)


def bare(text):
    """A text without placeholders and tags."""
    return TAG.sub(" ", PLACEHOLDER.sub(" ", text))


@pytest.mark.parametrize("code", CODES)
def test_no_string_is_missing_or_uncertain_and_none_is_left_over(code, monkeypatch):
    """`make messages` brings the file up to date; what it adds has to be translated."""
    in_use = translations.catalogue_in_use(code)
    monkeypatch.setattr(translations, "catalogue_in_use", lambda code: in_use)
    assert translations.missing(code) == []
    used = {(message.context, message.id) for message in in_use if message.id}
    known = {(message.context, message.id) for message in translations.read(code) if message.id}
    assert known - used == set()


def test_each_form_has_the_placeholders_of_the_english_plural():
    """A singular may leave its number out, as "the last free seat" does in English."""
    for name, english, mongolian in entries():
        wanted = sorted(PLACEHOLDER.findall(english[-1]))
        assert sorted(PLACEHOLDER.findall(mongolian[-1])) == wanted, name
        for form in mongolian[:-1]:
            assert set(PLACEHOLDER.findall(form)) <= set(wanted), name
        if set(PLACEHOLDER.findall(english[0])) == set(wanted):
            assert sorted(PLACEHOLDER.findall(mongolian[0])) == wanted, name


def test_a_plural_has_both_its_forms():
    for name, english, mongolian in entries():
        assert len(mongolian) == len(english) == len(list(filter(None, mongolian))), name


def test_tags_and_the_spaces_at_the_ends_are_kept():
    for name, english, mongolian in entries():
        for form in mongolian:
            assert sorted(TAG.findall(form)) == sorted(TAG.findall(english[-1])), name
            assert (form[:1].isspace(), form[-1:].isspace()) == (english[-1][:1].isspace(), english[-1][-1:].isspace()), name
            assert "  " not in form, name


def test_nothing_stayed_in_english():
    """A string with words in it has Cyrillic words in Mongolian."""
    for name, english, mongolian in entries():
        for form in mongolian:
            if re.search(r"[A-Za-z]{2}", bare(english[-1])):
                assert re.search(f"[{CYRILLIC}]", bare(form)), name


def test_latin_words_are_names_and_formats_only():
    for name, _english, mongolian in entries():
        for form in mongolian:
            text = re.sub(r"/[\w/-]+/?|\.[a-z]{3,4}\b|#\w+|https://", " ", bare(form))
            assert set(re.findall(r"[A-Za-z]+(?:-\d)?", text)) <= LATIN, name


def test_every_word_is_written_in_mongolian_letters():
    """No look-alikes: neither a Latin letter within a Cyrillic word, nor є and ї for ө and ү, nor other alphabets' letters."""
    for name, _english, mongolian in entries():
        for form in mongolian:
            for word in re.findall(r"[^\W\d_]+", bare(form)):
                letters = {letter for letter in word.lower() if not letter.isascii()}
                assert letters <= MONGOLIAN_LETTERS, (name, word)
                assert not letters or not any(letter.isascii() for letter in word), (name, word)


def test_quotation_marks_are_the_mongolian_ones():
    for name, _english, mongolian in entries():
        for form in mongolian:
            assert not set("“”„‘") & set(form), name


def test_a_sentence_ends_as_the_english_one_does():
    """A full stop, a question mark, a colon that is lost or added changes what is next to it on the page."""
    for name, english, mongolian in entries():
        last = english[-1].rstrip()[-1:]
        ends = last if last in ".?:…" else ""
        for form in mongolian:
            got = form.rstrip()[-1:]
            assert (got if got in ".?:…" else "") == ends, (name, form)


def test_vowel_harmony_asks_no_ending_of_a_variable():
    """An ending cannot agree with a name that is not known yet, so none is glued to one; numbers take "-аас" by
    convention, and "-р" as ordinals, which has no vowel to agree."""
    for name, _english, mongolian in entries():
        for form in mongolian:
            assert not re.search(rf"(?:\)[sdr]|\}}|%s)-?(?!аас|д |р )[{CYRILLIC}]", form), (name, form)


def test_one_english_word_of_the_trade_has_one_mongolian_word():
    glossary = {
        "Participant": "Оролцогч",
        "Institution": "Байгууллага",
        "Job title": "Албан тушаал",
        "Department": "Газар, хэлтэс",
        "Father's name": "Эцэг/эхийн нэр",
        "Given name": "Нэр",
        "Nominated": "Нэр дэвшсэн",
        "Invited": "Уригдсан",
        "Confirmed": "Баталгаажсан",
        "Declined": "Татгалзсан",
        "Withdrawn": "Нэрээ татсан",
        "Replaced": "Солигдсон",
        "Cancelled": "Цуцлагдсан",
        "Waiting list": "Хүлээлгийн жагсаалт",
        "Sign in": "Нэвтрэх",
        "International Organization for Migration": "Олон Улсын Шилжилт Хөдөлгөөний Байгууллага",
    }
    with translation.override("mn"):
        assert {english: translation.gettext(english) for english in glossary} == glossary


def test_dates_and_numbers_are_written_as_in_mongolian():
    day = datetime.date(2014, 9, 15)
    with translation.override("mn"):
        assert formats.date_format(day) == "2014 оны 9 сарын 15"
        assert dates.show(day, dates.Precision.MONTH) == "2014 оны 9 сар"
        assert dates.show(day, dates.Precision.YEAR) == "2014"
        assert dates.show_range(day, datetime.date(2014, 9, 17)) == "2014 оны 9 сарын 15–17"
        assert dates.show_range(day, datetime.date(2014, 10, 2)) == "2014 оны 9 сарын 15 – 10 сарын 2"
        assert formats.number_format(1234567, force_grouping=True) == "1,234,567"
        assert formats.number_format(2.5) == "2.5"
    with translation.override("en"):
        assert formats.date_format(day) == "15 September 2014"
        assert formats.number_format(1234567, force_grouping=True) == "1,234,567"


def test_a_package_that_is_wrong_in_mongolian_is_put_right():
    """Django's own calls breadcrumbs crumbs of bread, and leaves the limit of characters in English."""
    with translation.override("mn"):
        assert translation.gettext("Breadcrumbs") == "Хуудасны зам"
        text = translation.ngettext(
            "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
            "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
            5,
        )
    assert text == "Хамгийн ихдээ %(limit_value)d тэмдэгт оруулна уу (одоо %(show_value)d)."


def test_what_is_said_for_a_package_is_what_the_package_asks_for():
    """A string that a new version words otherwise would silently be English again."""
    import importlib.util
    from pathlib import Path

    from babel.messages import pofile

    folders = [Path(importlib.util.find_spec(name).origin).parent for name in ("django", "allauth", "django_prose_editor", "django_tasks_db")]
    asked, sources = set(), []
    for folder in folders:
        for path in [*folder.rglob("locale/en/LC_MESSAGES/*.po")]:
            with path.open("rb") as file:
                asked |= {each.id[0] if isinstance(each.id, tuple) else each.id for each in pofile.read_po(file)}
    for pattern in ("django_prose_editor/static/**/*.js", "django_tasks_db/models.py", "django/contrib/admin/static/admin/js/**/*.js"):
        name, _, rest = pattern.partition("/")
        root = Path(importlib.util.find_spec(name).origin).parent
        sources += [path.read_text(encoding="utf-8") for path in root.glob(rest)]
    text = "\n".join(sources)
    said = [*of_others.ADMIN, *of_others.ACCOUNTS, *of_others.FORMS, *of_others.SCRIPTS, *of_others.TASKS]
    for word in said:
        first = getattr(word, "text", getattr(word, "singular", word))
        assert first in asked or json.dumps(first, ensure_ascii=False) in text or f"{first[:-1]}${{" in text, first


@pytest.mark.django_db
def test_the_scripts_of_the_admin_speak_mongolian(client):
    from tests import people

    client.force_login(people.administrator())
    script = client.get("/mn/admin/jsi18n/").content.decode()
    catalogue = json.loads(re.search(r"const newcatalog = (\{.*?\});", script, re.DOTALL).group(1))
    assert catalogue["Insert Table"] == "Хүснэгт оруулах"
    assert catalogue["Monday"] == "Даваа"
    assert catalogue["abbrev. day Monday\x04Mon"] == "Дав"
    assert catalogue["%s selected option not visible"] == ["сонгосон %s утга харагдахгүй байна"] * 2
