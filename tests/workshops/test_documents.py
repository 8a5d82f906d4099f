"""The papers of a workshop: each says in both languages what it was given, on the pages that it should have."""

import dataclasses
import io
import re
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pypdf
import pytest

from core import charts, pdf
from core.charts import Point
from core.dates import Precision
from workshops import documents
from workshops.documents import (
    AgendaDay,
    AgendaItem,
    Both,
    Certificate,
    Invitation,
    Letterhead,
    Name,
    Participant,
    Picture,
    Section,
    Signatory,
    Table,
)

LONGEST = Name("Нарантуяацэцэг", "Лувсанданзанжамцын", "Narantuyaatsetseg", "Luvsandanzanjamtsyn")
MINISTRY = Both("Ministry of Population Development and Social Protection", "Хүн амын хөгжил, нийгмийн хамгааллын яам")
WORKSHOP = Both(
    "Labour Migration: Protecting the Rights of Migrant Workers and Cooperation between Agencies",
    "Хөдөлмөрийн шилжилт хөдөлгөөн: хөдөлмөрлөгч шилжин суурьшигчдын эрхийг хамгаалах нь ба байгууллага хоорондын хамтын ажиллагаа",
)
TOWN = Both("Ulaanbaatar", "Улаанбаатар")
HEAD = Letterhead(
    Both("International Organization for Migration", "Олон Улсын Шилжилт Хөдөлгөөний Байгууллага"),
    Both("IOM Mongolia", "ОУШХБ-ын Монгол дахь төлөөлөгчийн газар"), TOWN, "+976 7000 0000", "office@iom.example", "mongolia.iom.int",
)  # fmt: skip
TOKEN_ADDRESS = "https://portal.example/c/0123456789abcdefABCDEF"
HARD = Name('#panic() *Бат* "$x$', "_\\Доржийн_")


def participants(number):
    return [
        Participant(
            LONGEST if place == 0 else Name(f"Батбаяр{place}", "Болдын"), MINISTRY, Both("Officer", "Мэргэжилтэн"),
            Both("Participant", "Оролцогч"), f"{TOKEN_ADDRESS}{place}",
        )
        for place in range(number)
    ]  # fmt: skip


def certificate(**more):
    return Certificate(**{
        "name": LONGEST, "workshop": WORKSHOP, "when": documents.days(date(2026, 6, 18), date(2026, 6, 20)), "place": TOWN,
        "serial": "IOMMN-2026-0042", "address": TOKEN_ADDRESS, "issued_on": date(2026, 6, 20), "issued_at": TOWN, "hours": 18,
        "signatories": [Signatory(Both("Ariunaa Tumendemberel", "Т. Ариунаа"), Both("Chief of Mission", "Тэргүүн"))],
        **more,
    })  # fmt: skip


def pages(made):
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(made)).pages]


def meets_the_standard(made):
    return b"pdfuaid" in pypdf.PdfReader(io.BytesIO(made)).trailer["/Root"]["/Metadata"].get_object().get_data()


def test_both_languages_stand_for_each_other():
    assert (Both("A", "").data, Both("", "Б").data, bool(Both())) == ({"en": "A", "mn": "A"}, {"en": "Б", "mn": "Б"}, False)


def test_dates_are_written_as_each_language_does_and_no_more_exact_than_known():
    assert documents.days(date(2026, 6, 18), date(2026, 6, 20)) == Both("18–20 June 2026", "2026 оны 6 сарын 18–20")
    assert documents.days(date(2014, 9, 1), None, Precision.MONTH) == Both("September 2014", "2014 оны 9 сар")


def test_a_name_without_latin_letters_is_romanised_and_one_without_cyrillic_stands_for_both():
    assert Name("Батбаяр", "Болдын").data["latin"] == {"called": "Batbayar", "before": "Boldyn"}
    foreign = Name("", "", "Anna", "Smith").data
    assert foreign["cyrillic"] == foreign["latin"] == {"called": "Anna", "before": "Smith"}


def test_the_letterhead_comes_from_the_countrys_office():
    row = SimpleNamespace(
        organisation_name_en="IOM", organisation_name_mn="ОУШХБ", name_en="IOM Mongolia", name_mn="", address_en="", address_mn="",
        phone="1", email="a@b", website="https://mongolia.iom.int/",
    )  # fmt: skip
    assert Letterhead.of(row) == Letterhead(Both("IOM", "ОУШХБ"), Both("IOM Mongolia"), Both(), "1", "a@b", "mongolia.iom.int")


# Certificates -----------------------------------------------------------------------------------------------


def test_a_certificate_says_what_was_certified_in_both_languages():
    (page,) = pages(documents.certificates([certificate()], letterhead=HEAD))
    for phrase in (
        "Certificate of Participation", "Оролцсоны гэрчилгээ", "Narantuyaatsetseg", "Нарантуяацэцэг", "Luvsandanzanjamtsyn", "Лувсанданзанжамцын",
        *WORKSHOP.data.values(), "18–20 June 2026, Ulaanbaatar", "2026 оны 6 сарын 18–20, Улаанбаатар", "18 hours of training", "18 цагийн сургалт",
        "IOMMN-2026-0042", "portal.example/c/0123456789abcdefABCDEF", "Ariunaa Tumendemberel · Т. Ариунаа", "Ulaanbaatar, 20 June 2026",
        "Улаанбаатар, 2026 оны 6 сарын 20", *HEAD.organisation.data.values(),
    ):  # fmt: skip
        assert phrase in page


def test_a_certificate_leads_to_its_page_and_carries_its_serial_and_day():
    made = documents.certificates([certificate()], letterhead=HEAD)
    file = pypdf.PdfReader(io.BytesIO(made))
    assert file.metadata.title == "Certificate of participation · Оролцсоны гэрчилгээ IOMMN-2026-0042"
    assert file.metadata.creation_date.date() == date(2026, 6, 20)
    links = [note.get_object()["/A"]["/URI"] for note in file.pages[0]["/Annots"]]
    assert (links, meets_the_standard(made)) == ([TOKEN_ADDRESS], True)


def test_certificates_of_a_workshop_are_one_a_page_and_the_same_each_time():
    many = [certificate(name=Name(f"Бат{place}", "Доржийн"), serial=f"IOMMN-2026-{place:04}") for place in range(3)]
    made = documents.certificates(many, letterhead=HEAD)
    assert [f"Бат{place}" in page and f"IOMMN-2026-{place:04}" in page for place, page in enumerate(pages(made))] == [True] * 3
    assert documents.certificates(many, letterhead=HEAD) == made


def test_two_sign_a_certificate_and_it_needs_no_hours():
    chief = certificate().signatories[0]
    (page,) = pages(documents.certificates([certificate(signatories=[chief, Signatory(Both("", "Б. Болд"))], hours=None)], letterhead=HEAD))
    assert ("Б. Болд" in page, "hours" in page, "цагийн" in page, "20 June 2026" in page) == (True, False, False, True)


def test_the_longest_words_still_make_one_page_a_certificate_and_eight_badges_a_sheet():
    name = Name("Хүрэлсүхбаатаржаргалсайхан", "Лувсанданзанпүрэвжавдамбадоржийн")
    long = Both(("Training of trainers on the rights of migrant workers, " * 4)[:200], ("Хөдөлмөрлөгч шилжин суурьшигчдын эрхийг хамгаалах нь, " * 4)[:200])
    signatory = Signatory(Both(LONGEST.given_latin, LONGEST.given), Both(long.en[:120], long.mn[:120]))
    many = [certificate(name=name, workshop=long, place=Both(long.en[:100], long.mn[:100]), signatories=[signatory] * 2)] * 2
    assert [name.given in page and "IOMMN-2026-0042" in page for page in pages(documents.certificates(many, letterhead=HEAD))] == [True, True]
    crowd = [Participant(name, Both(long.en[:150], long.mn[:150]), role=Both("Interpreter", "Орчуулагч"), address=TOKEN_ADDRESS)] * 9
    assert [page.count(name.given) for page in pages(documents.badges(crowd, workshop=long, letterhead=HEAD))] == [8, 1]
    assert len(pages(documents.name_tents(crowd, workshop=long, letterhead=HEAD))) == 9


@pytest.mark.parametrize(
    ("en", "mn", "name", "office"),
    [
        ("A. Example, Chief of Mission", "А. Жишээ, Тэргүүн", ("A. Example", "А. Жишээ"), ("Chief of Mission", "Тэргүүн")),
        ("Chief of Mission, IOM", "Тэргүүн", ("Chief of Mission, IOM", "Тэргүүн"), ("", "")),
        ("", "А. Жишээ, Тэргүүн, доктор", ("", "А. Жишээ"), ("", "Тэргүүн, доктор")),
        ("", "", ("", ""), ("", "")),
    ],
)
def test_a_signatorys_line_is_parted_alike_in_both_languages_or_not_at_all(en, mn, name, office):
    assert Signatory.of(en, mn) == Signatory(Both(*name), Both(*office))


def test_the_traditional_script_is_left_out_where_there_is_no_font():
    (page,) = pages(documents.certificates([certificate(name=Name("Бат", script="ᠪᠠᠲᠤ"))], letterhead=HEAD))
    assert re.search("[\u1800-\u18af]", page) is None


# Sign-in sheet ----------------------------------------------------------------------------------------------


def sheet(number=30, **more):
    day = Both("Day 1, 18 June 2026", "1 дэх өдөр, 2026 оны 6 сарын 18")
    return pages(documents.sign_in_sheet(participants(number), workshop=WORKSHOP, day=day, place=TOWN, letterhead=HEAD, **more))


def test_a_sheet_repeats_its_head_and_numbers_its_pages_in_both_languages():
    made = sheet()
    assert len(made) == 2
    for number, page in enumerate(made, 1):
        for phrase in (f"Page {number} of 2", f"{number}-р хуудас, нийт 2", "Өглөө", "Afternoon", "Албан тушаал", "Job title", "18 June 2026", WORKSHOP.mn):
            assert phrase in page


def test_long_titles_are_set_smaller_and_neither_cut_nor_make_more_pages():
    titles = Both("Senior specialist in charge of labour migration policy and statistics", "Хөдөлмөрийн шилжилтийн бодлого, статистик хариуцсан ахлах мэргэжилтэн")
    people = [dataclasses.replace(one, job_title=titles) for one in participants(30)]
    made = pages(documents.sign_in_sheet(people, workshop=WORKSHOP, day=TOWN, letterhead=HEAD))
    assert (len(made), " ".join(made).count(titles.mn), " ".join(made).count(titles.en)) == (2, 30, 30)


def test_a_sheet_lists_everybody_once_in_order_and_leaves_rows_for_others():
    text = " ".join(sheet(blank_rows=4))
    assert "Лувсанданзанжамцын Нарантуяацэцэг Luvsandanzanjamtsyn Narantuyaatsetseg" in text
    places = [text.index(f"Болдын Батбаяр{place} ") for place in range(1, 30)]
    assert places == sorted(places)
    assert text.count(MINISTRY.mn) == 30
    assert re.search(r"31 32 33 34 Page", text)


def test_a_sheet_has_the_columns_it_is_asked_for_and_may_be_empty():
    (page,) = sheet(0, signatures=[Both("All day", "Өдөржин")], blank_rows=2)
    assert ("All day" in page, "Өдөржин" in page, "Morning" in page) == (True, True, False)


# Badges and name tents --------------------------------------------------------------------------------------


def test_badges_are_eight_a_sheet_with_names_in_both_scripts():
    made = pages(documents.badges(participants(10), workshop=WORKSHOP, letterhead=HEAD))
    assert [page.count(MINISTRY.en) for page in made] == [8, 2]
    for phrase in ("Нарантуяацэцэг", "Narantuyaatsetseg", MINISTRY.mn, "Оролцогч · Participant", *WORKSHOP.data.values()):
        assert phrase in made[0]


def test_a_badge_without_an_address_has_no_code():
    drawn = [len(documents.badges([Participant(LONGEST, address=address)], workshop=WORKSHOP, letterhead=HEAD)) for address in (TOKEN_ADDRESS, "")]
    assert drawn[0] > drawn[1]


def test_a_name_tent_shows_the_name_to_both_sides():
    made = pages(documents.name_tents(participants(2), workshop=WORKSHOP, letterhead=HEAD))
    assert [page.count("Батбаяр1") for page in made] == [0, 2]
    assert made[0].count("Narantuyaatsetseg") == 2


# Invitation letter ------------------------------------------------------------------------------------------


def invitation(**more):
    return Invitation(**{
        "number": "IOM/2026/117", "dated": date(2026, 5, 11), "institution": MINISTRY, "workshop": WORKSHOP,
        "when": documents.days(date(2026, 6, 18), date(2026, 6, 20)), "place": TOWN, "signatory": certificate().signatories[0],
        "addressee": Both("To the State Secretary", "Төрийн нарийн бичгийн дарга танаа"), "funder": Both("IOM Development Fund", "ОУШХБ-ын Хөгжлийн сан"),
        "guaranteed": 2, "maximum": 4, "women": 2, "kept_until": date(2026, 5, 29), "answer_until": Both("29 May 2026, 17:00", "2026 оны 5 сарын 29, 17:00"),
        "address": TOKEN_ADDRESS, "contact": Both("Bolormaa Ganbold", "Ганболдын Болормаа"), "phone": "+976 7014 0000", "email": "b@iom.example",
        **more,
    })  # fmt: skip


def letter(**more):
    return pages(documents.invitation_letter(invitation(**more), letterhead=HEAD))


def test_a_letter_stands_on_one_page_with_all_that_an_institution_must_know():
    (page,) = letter()
    for phrase in (
        "No. IOM/2026/117", "№ IOM/2026/117", "11 May 2026", "2026 оны 5 сарын 11", *MINISTRY.data.values(), *WORKSHOP.data.values(),
        "To the State Secretary", "Төрийн нарийн бичгийн дарга танаа", "18–20 June 2026, Ulaanbaatar", "2026 оны 6 сарын 18–20, Улаанбаатар",
        "2 seats are kept for you until 29 May 2026; up to 4 of your officials may take part as places are free.",
        "Танд 2 суудлыг 2026 оны 5 сарын 29 хүртэл хадгална; сул суудал байвал нийт 4 хүртэл хүн оролцож болно.",
        "Please name at least 2 women. We seek at least 40 per cent of either sex.", "Дор хаяж 2 эмэгтэй нэр дэвшүүлнэ үү.",
        "29 May 2026, 17:00", "2026 оны 5 сарын 29, 17:00", "portal.example/c/0123456789abcdefABCDEF", "ОУШХБ-ын Хөгжлийн сан",
        "Or call or write to: Bolormaa Ganbold, +976 7014 0000, b@iom.example.", "Ганболдын Болормаа, +976 7014 0000, b@iom.example.",
        "Ariunaa Tumendemberel", "Т. Ариунаа", "Chief of Mission", "Тэргүүн",
    ):  # fmt: skip
        assert phrase in page


@pytest.mark.parametrize(
    ("seats", "english", "mongolian"),
    [
        ({"guaranteed": 1, "maximum": None, "kept_until": None}, "1 seat is kept for you.", "Танд 1 суудлыг хадгална."),
        ({"guaranteed": 3, "maximum": 3}, "3 seats are kept for you until 29 May 2026.", "Танд 3 суудлыг 2026 оны 5 сарын 29 хүртэл хадгална."),
        ({"guaranteed": 0, "maximum": 1}, "One of your officials may take part if a place is free.", "Сул суудал байвал нэг хүн оролцож болно."),
        ({"guaranteed": 0, "maximum": 5}, "Up to 5 of your officials may take part as places are free.", "Сул суудал байвал 5 хүртэл хүн оролцож болно."),
        ({"guaranteed": 0, "maximum": None}, "Places are given as they are free.", "Суудлыг сул байгаа тоогоор олгоно."),
    ],
)
def test_a_letter_says_what_seats_there_are(seats, english, mongolian):
    (page,) = letter(**seats)
    assert (english in page, mongolian in page) == (True, True)


def test_a_letter_says_only_what_it_was_given():
    (page,) = letter(women=0, address="", funder=Both(), contact=Both(), phone="", email="", addressee=Both(), number="")
    assert [word for word in ("No.", "№", "Please name at least", "Answer on your own page", "Funded by", "call or write", "State Secretary") if word in page] == []


# Programme --------------------------------------------------------------------------------------------------


def programme(**more):
    items = [
        AgendaItem("09:00–09:20", Both("Opening", "Нээлт"), [Both("Chief of Mission", "Тэргүүн")], Both("Hall A", "А танхим")),
        AgendaItem("09:20–09:40", Both("Break", "Завсарлага"), is_pause=True),
        AgendaItem("09:40–11:00", Both("Inspecting workplaces", "Ажлын байрны хяналт"), is_cancelled=True, description=Both("In groups", "Багаар")),
    ]
    agenda_days = [AgendaDay(documents.day_of(number, date(2026, 6, 17 + number)), items) for number in (1, 2)]
    return pages(documents.agenda(agenda_days, workshop=WORKSHOP, when=TOWN, letterhead=HEAD, **more))


def test_a_programme_shows_each_day_in_both_languages():
    (page,) = programme(version=2, published_on=date(2026, 6, 10))
    for phrase in (
        "Day 1, 18 June 2026", "2-р өдөр, 2026 оны 6 сарын 19", "09:20–09:40", "Opening Chief of Mission Hall A", "Нээлт Тэргүүн А танхим",
        "Inspecting workplaces cancelled In groups", "Ажлын байрны хяналт цуцлагдсан Багаар", "Version 2 of 10 June 2026", "2-р хувилбар, 2026 оны 6 сарын 10",
    ):  # fmt: skip
        assert phrase in page
    assert "Version" not in programme()[0]


def test_a_day_that_goes_on_on_another_page_is_named_there_again():
    items = [AgendaItem("09:00", Both(f"Session {number}", f"Хуралдаан {number}"), [TOWN] * 3) for number in range(30)]
    days = [AgendaDay(documents.day_of(number, date(2026, 6, 17 + number)), items) for number in (1, 2)]
    made = pages(documents.agenda(days, workshop=WORKSHOP, when=TOWN, letterhead=HEAD))
    assert [("Day 1, 18 June 2026" in page, "2-р өдөр, 2026 оны 6 сарын 19" in page) for page in made] == [(True, False), (True, False), (True, True), (False, True), (False, True)]


# Report -----------------------------------------------------------------------------------------------------


def drawing(kind=charts.BARS):
    return charts.draw(kind, [Point("Ministry", 8), Point("Agency", 3)], title="x", unit="persons", identity="one")


def test_a_report_has_its_facts_its_parts_and_its_annex_in_order():
    together = Both("Together", "Нийт")
    made = pages(documents.report(
        [
            Section(Both("Participants", "Оролцогчид"), [
                Both("Eleven took part.", "Арван нэгэн хүн оролцов."),
                Table([Both("Institution", "Байгууллага"), Both("Women", "Эмэгтэй")], [[MINISTRY, 1234], [Both("Agency", "Газар"), None], [together, 1234]],
                      title=Both("By institution", "Байгууллагаар"), note=Both("As of the event.", "Үйл ажиллагааны үеийн."), sums=True),
                Picture.of(drawing, title=Both("In a chart", "Зургаар"), note=Both("Persons.", "Хүн.")),
                Picture.of(lambda: charts.draw(charts.LINE, [], title="", identity="two"), title=Both("Nothing")),
            ]),
            Section(Both("Annex", "Хавсралт"), [Table([Both("Name", "Нэр")], [[HARD.given]])], is_annex=True),
        ],
        title=Both("Report", "Тайлан"), subtitle=WORKSHOP, facts=[(Both("Where", "Хаана"), TOWN)], dated=date(2026, 7, 3), letterhead=HEAD,
    ))  # fmt: skip
    assert len(made) == 2
    for phrase in (
        "Where Ulaanbaatar Хаана Улаанбаатар", "Eleven took part.", "Арван нэгэн хүн оролцов.", "By institution", "Үйл ажиллагааны үеийн.",
        "1,234", "–", "Нийт Together", "In a chart", "Persons.", "Ministry", *WORKSHOP.data.values(),
    ):  # fmt: skip
        assert phrase in made[0]
    assert ("Annex" in made[1], HARD.given in made[1], "3 July 2026" in made[1], "Nothing" in "".join(made)) == (True, True, True, False)


def test_columns_of_numbers_stand_to_the_right_and_long_words_have_the_room():
    data = Table([Both("A")] * 3, [["Хөдөлмөрийн шилжилт хөдөлгөөн, нийгмийн хамгаалал", 1, "эр"], ["", Decimal("2.50"), None]]).data
    assert (data["numeric"], data["columns"]) == ([False, True, False], [40, 0, 0])
    assert data["rows"][1][1] == {"en": "2.5", "mn": "2.5"}


def test_a_stacked_chart_brings_the_names_of_its_shades():
    points = [Point("Day 1", 16, "Women"), Point("Day 1", 14, "Men"), Point("Day 2", 12, "Men")]
    picture = Picture.of(lambda: charts.draw(charts.STACKED, points, title="x", unit="persons", identity="one"), title=Both("Attendance", "Ирц"))
    assert [(shade["colour"], shade["name"]["en"]) for shade in picture.data["key"]] == [("#0033a0", "Women"), ("#4468b8", "Men")]
    assert "Men" in pages(documents.report([Section(TOWN, [picture])], title=TOWN, letterhead=HEAD))[0]


# All of them ------------------------------------------------------------------------------------------------

ALL = {
    "certificates": lambda name: documents.certificates([certificate(name=name)], letterhead=HEAD),
    "sign_in_sheet": lambda name: documents.sign_in_sheet([Participant(name)], workshop=WORKSHOP, day=TOWN, letterhead=HEAD),
    "badges": lambda name: documents.badges([Participant(name)], workshop=WORKSHOP, letterhead=HEAD),
    "invitation_letter": lambda name: documents.invitation_letter(invitation(contact=Both(f"{name.patronymic} {name.given}")), letterhead=HEAD),
    "agenda": lambda name: documents.agenda(
        [AgendaDay(TOWN, [AgendaItem("9:00", Both(name.given), [Both(name.patronymic)])])], workshop=WORKSHOP, when=TOWN, letterhead=HEAD
    ),
    "report": lambda name: documents.report([Section(TOWN, [Table([TOWN], [[name.given], [name.patronymic]])])], title=TOWN, letterhead=HEAD),
    "name_tents": lambda name: documents.name_tents([Participant(name)], workshop=WORKSHOP, letterhead=HEAD),
}


@pytest.mark.parametrize("document", ALL)
def test_a_name_is_printed_as_it_stands(document):
    assert '#panic() *Бат* "$x$' in pages(ALL[document](HARD))[0]
    assert "_\\Доржийн_" in pages(ALL[document](HARD))[0]


@pytest.mark.parametrize("document", ALL)
def test_a_document_is_tagged_and_bears_the_offices_name(document):
    made = ALL[document](LONGEST)
    assert meets_the_standard(made)
    assert pypdf.PdfReader(io.BytesIO(made)).metadata.author == HEAD.organisation.en


def test_each_template_is_tried_here():
    # What the demonstration prints is tried in tests/iom_mongolia/test_demo.py, the picture for links in tests/test_machines.py.
    others = {"letterhead", "factsheet", "share"}
    assert sorted(ALL) == sorted(path.stem for path in pdf.FOLDER.glob("*.typ") if path.stem not in others)
