"""Columns guessed and rows read: pure, without a database."""

import pytest

from contacts import headings, importing
from contacts.matching import Known, Wanted, agreement, judge


@pytest.mark.parametrize(
    "text, field",
    [
        ("№", "number"), ("No.", "number"), ("Д/д", "number"),
        ("Ургийн овог", "clan_name"), ("Clan name", "clan_name"),
        ("Эцэг/эхийн нэр (овог)", "patronymic"), ("Father's / mother's name", "patronymic"), ("Овог", "patronymic"), ("Surname", "patronymic"),
        ("Нэр", "given_name"), ("Given name", "given_name"), ("Өөрийн нэр", "given_name"), ("First name", "given_name"),
        ("Овог, нэр", "full_name"), ("Овог нэр", "full_name"), ("Эцгийн нэр, өөрийн нэр", "full_name"), ("Full name", "full_name"),
        ("Нэр латинаар (гадаад паспортын дагуу)", "name_latin"), ("Name in Latin as in passport", "name_latin"),
        ("Хүйс", "sex"), ("Sex", "sex"), ("Gender", "sex"),
        ("Байгууллага", "organisation"), ("Байгууллагын нэр", "organisation"), ("Institution", "organisation"), ("Ажлын газар", "organisation"),
        ("Газар, хэлтэс", "department"), ("Department", "department"),
        ("Албан тушаал", "job_title"), ("Position", "job_title"), ("Албан тушаал / Position", "job_title"),
        ("Цол", "rank"), ("Rank", "rank"),
        ("Утас", "phone"), ("Холбоо барих утас", "phone"), ("Утасны дугаар", "phone"), ("Mobile", "phone"), ("Утас\nPhone", "phone"),
        ("И-мэйл", "email"), ("Цахим шуудан", "email"), ("E-mail address", "email"), ("Имэйл хаяг", "email"),
        ("Регистрийн дугаар", "registration"), ("РД", "registration"),
        ("Тусгай хэрэгцээ", "not_kept"), ("Diet", "not_kept"), ("Төрсөн он сар өдөр", "not_kept"),
        ("Тайлбар", "note"), ("Аймаг, дүүрэг", "note"),
    ],
)  # fmt: skip
def test_headings_in_both_languages(text, field):
    assert headings.field_of(text)[0] == field


@pytest.mark.parametrize("text", ["Хөдөлмөрийн яам", "Consular Department", "Гадаад хамтын ажиллагааны хэлтэс", "Хэлтсийн дарга", "Батбаяр", "99112233"])
def test_cells_of_rows_are_no_headings(text):
    assert headings.field_of(text)[1] is False


def test_headings_are_found_below_a_letterhead():
    rows = [(1, ["ЯАМ", "", ""]), (3, ["Нэрс", "", ""]), (5, ["№", "Овог нэр", "Утас"]), (6, ["1", "Б.Бат", "99110000"])]
    layout = headings.guess(rows, 3)
    assert layout.heading_rows == [5] and layout.columns == {0: "number", 1: "full_name", 2: "phone"}


def test_a_column_of_addresses_is_email_whatever_its_heading_says():
    rows = [(1, ["Нэр", "Утас", "Хаяг"]), (2, ["Б.Бат", "99110000", "a@x.mn"]), (3, ["Д.Дорж", "99110001", "b@x.mn"])]
    assert headings.guess(rows, 3).columns[2] == "email"


def read(text, columns):
    return importing.read([text], {0: columns}).details


@pytest.mark.parametrize(
    "text, given, patronymic",
    [("Б. Батбаяр", "Батбаяр", "Б."), ("Болдын Энхтуяа", "Энхтуяа", "Болдын"), ("1. Б.Батбаяр", "Батбаяр", "Б."), ("Батбаяр", "Батбаяр", "")],
)
def test_names_in_one_cell(text, given, patronymic):
    details = read(text, "full_name")
    assert (details["given_name"], details.get("patronymic", "")) == (given, patronymic)


@pytest.mark.parametrize("text, sex", [("эр", "m"), ("эм", "f"), ("Эрэгтэй", "m"), ("эмэгтэй", "f"), ("M", "m"), ("F", "f"), ("male", "m"), ("1", None), ("?", None)])
def test_sexes(text, sex):
    reading = importing.read(["Бат", text], {0: "given_name", 1: "sex"})
    assert reading.details.get("sex") == sex
    assert any(note["code"] == "sex_unread" for note in reading.notes) == (sex is None)


def test_what_cannot_be_read_of_a_phone_goes_into_the_note():
    reading = importing.read(["Бат", "99112233 дотуур 12"], {0: "given_name", 1: "phone"})
    assert reading.details["phone"] == "+976 9911 2233" and "12" in reading.details["note"]


@pytest.mark.parametrize(
    "cells, kind",
    [
        (["", "Нийт: 4", ""], "total"), (["Нийт", "", "4"], "total"), (["4", "", ""], "nearly_empty"), (["", "Тамга", ""], "signature"),
        (["1", "Б.Бат", ""], "person"), (["1", "Нийтийн Бат", "99110000"], "person"), (["", "Захиргаа: 3 хүн", ""], "text_only"),
    ],
)  # fmt: skip
def test_what_a_row_is(cells, kind):
    assert importing.kind_of(cells, {0: "number", 1: "full_name", 2: "phone"}) == kind


@pytest.mark.parametrize(
    "one, other, answer",
    [
        (("Оюунчимэг", "Доржийн"), ("Oyunchimeg", "Dorj"), "same"),
        (("Оюунчимэг", "Дорж"), ("Dorj", "Oyunchimeg"), "turned"),
        (("Батбаяр", "Б."), ("Батбаяр", "Болд"), "initial"),
        (("Батбаяр", "Б."), ("Батбаяр", "Дорж"), ""),
        (("Батбаяр", "Болд"), ("Батбаяр", "Дорж"), ""),
    ],
)
def test_how_names_agree(one, other, answer):
    assert agreement(*one, *other) == answer


def same(one, other):
    return one is not None and one == other


def known(key, given, patronymic, **details):
    return Known(key, given, patronymic, **details)


def test_names_alone_never_prove_a_person():
    somebody = known(1, "Батбаяр", "Доржийн", organisation=7, phones={"+97699110000"})
    assert judge(Wanted("Батбаяр", "Дорж", organisation=8), [somebody], same).verdict == "possible"
    assert judge(Wanted("Батбаяр", "Дорж", organisation=7), [somebody], same).verdict == "known"
    assert judge(Wanted("Батбаяр", "Дорж", organisation=7, phones={"+97699119999"}), [somebody], same).verdict == "possible"
    assert judge(Wanted("Батбаяр", "Дорж", phones={"+97699110000"}), [somebody], same).verdict == "known"
    assert judge(Wanted("Сүрэн", "Дорж", phones={"+97699110000"}), [somebody], same).verdict == "new"
    twin = known(2, "Батбаяр", "Дорж", organisation=7)
    assert judge(Wanted("Батбаяр", "Дорж", organisation=7), [somebody, twin], same).verdict == "possible"


def test_a_shared_mailbox_proves_nothing():
    somebody = known(1, "Батбаяр", "Б.", emails={"labour@mol.example": True}, organisation=7)
    wanted = Wanted("Батбаяр", "Б.", emails={"labour@mol.example"}, organisation=8)
    assert judge(wanted, [somebody], same).verdict == "possible"
