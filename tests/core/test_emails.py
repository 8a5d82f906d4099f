"""E-mail addresses are trimmed with a note; what would change them is only suggested."""

import pytest

from core import emails


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("ganzorig@immigration.example", "ganzorig@immigration.example"),
        ("Ganzorig@Immigration.Example", "Ganzorig@immigration.example"),
        ("o'brien+iom@x.example", "o'brien+iom@x.example"),
        ("bold@бүртгэл.мон", "bold@бүртгэл.мон"),
    ],
)
def test_a_good_address_needs_no_note(cell, address):
    assert emails.check(cell) == emails.EmailReading(address=address)


@pytest.mark.parametrize(
    "cell",
    [
        "bold@x.example,",
        "bold@x.example.",
        "<bold@x.example>",
        "Bold B. <bold@x.example>;",
        "mailto:bold@x.example?subject=a",
        "bold@x.example\u200b",
        "ｂｏｌｄ＠x.example",
    ],
)
def test_what_surrounds_an_address_is_taken_away_with_a_note(cell):
    reading = emails.check(cell)
    assert (reading.address, reading.error_code) == ("bold@x.example", "")
    assert cell in reading.note


def test_spaces_around_need_no_note():
    assert emails.check(" bold@x.example\n") == emails.EmailReading(address="bold@x.example")


@pytest.mark.parametrize(
    ("cell", "code", "suggestion"),
    [
        ("khurelsukh@@mfa.example", "at_sign", "khurelsukh@mfa.example"),
        ("a@b@c.example", "at_sign", ""),
        ("bold", "at_sign", ""),
        ("@x.example", "at_sign", ""),
        ("@@", "at_sign", ""),
        ("bold@", "domain_missing", ""),
        ("bold@gmail", "domain_missing", ""),
        ("bold@gmail,com", "domain_missing", "bold@gmail.com"),
        ("admin@іom.int", "domain_script", "admin@iom.int"),
        ("admin@сор.int", "domain_script", "admin@cop.int"),
        ("bаt@x.example", "local_script", "bat@x.example"),
        ("болд@x.example", "local_script", ""),
        ("tömör@x.example", "local_script", "tomor@x.example"),
        ("a@x.example; b@x.example", "several", ""),
        ("bold @x.example", "spaces", "bold@x.example"),
        ("bold@x.example (ажил)", "spaces", "bold@x.example"),
        ("a..b@x.example", "invalid", "a.b@x.example"),
        ("b" * 1000 + "@x.example", "invalid", ""),
    ],
)
def test_refused_with_a_reason_and_never_silently_mended(cell, code, suggestion):
    reading = emails.check(cell)
    assert (reading.address, reading.error_code, reading.suggestion) == ("", code, suggestion)
    assert reading.note


@pytest.mark.parametrize("cell", ["", "  ", None, " , ", "<>"])
def test_an_empty_cell_is_no_error(cell):
    assert emails.check(cell) == emails.EmailReading()


def test_key_ignores_case_throughout():
    assert emails.key(" Bold@X.Example ") == emails.key("bold@x.example") == "bold@x.example"
