"""E-mail addresses: read from a cell, mended where nothing can be lost, else refused with a reason."""

import re
import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from core.mongolian import CYRILLIC_TO_LATIN


@dataclass(frozen=True)
class EmailReading:
    """What a cell says about an e-mail address.

    `address`: fit to keep, its domain in small letters; empty when refused or when the cell was.
    `note`: for people, in their language: what was taken away, or why it is refused.
    `error_code`: empty, or one of several, at_sign, spaces, domain_missing, domain_script,
    local_script, invalid. `suggestion`: a likely right address, to be confirmed by a person.
    """

    address: str = ""
    note: str = ""
    error_code: str = ""
    suggestion: str = ""


_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1f\x7f]")
LONGEST = 320  # RFC 3696: 64 before the @, 255 after it
_IN_BRACKETS = re.compile(r"[^<>]*<\s*([^<>]*@[^<>]*)\s*>[\s,;.]*")
_EDGES = " \t,;:.<>()[]\"'«»“”"
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LATIN = re.compile(r"[A-Za-z]")


def key(address: str) -> str:
    """What two spellings of one address share: all in small letters, NFKC."""
    return unicodedata.normalize("NFKC", address).strip().lower()


def check(text: str) -> EmailReading:
    """Reads one address from a cell.

    Spaces around, commas, brackets and "mailto:" are taken away with a note; anything that
    would change the address itself is refused with a suggestion: a doubled @, spaces within,
    Cyrillic letters of Latin shape, a comma for a dot.
    """
    typed = str(text or "").strip()
    cell = _UNSEEN.sub("", unicodedata.normalize("NFKC", typed[: LONGEST * 2])).strip()
    if match := _IN_BRACKETS.fullmatch(cell):
        cell = match[1]
    cell = cell.strip(_EDGES)
    if cell.lower().startswith("mailto:"):
        cell = cell[len("mailto:") :].partition("?")[0].strip(_EDGES)
    if not cell:
        return EmailReading()
    if len(cell) > LONGEST:
        return _refused("invalid", _("This is not a complete e-mail address."))
    if len([part for part in re.split(r"[\s,;/]+", cell) if re.search(r"[^@]@[^@]", part)]) > 1:
        return _refused("several", _("More than one e-mail address; give one."))
    if "@" not in cell:
        return _refused("at_sign", _("An e-mail address needs an @."))
    if cell.count("@") > 1:
        one = re.sub(r"\s*@[\s@]*", "@", cell)
        return _refused("at_sign", _("More than one @."), one)
    if re.search(r"\s", cell):
        joined = _refused("spaces", _("A space within the address."), re.sub(r"\s+", "", cell))
        [alone] = [word for word in cell.split() if "@" in word]
        return joined if joined.suggestion else _refused("spaces", joined.note, alone)
    local, domain = cell.split("@")
    domain = domain.lower()
    if not local:
        return _refused("at_sign", _("Nothing stands before the @."))
    if not domain or "." not in domain:
        dotted = f"{local}@{domain.replace(',', '.')}" if "," in domain else ""
        return _refused("domain_missing", _("The part after the @ is not complete."), dotted)
    if not all(_is_one_script(label, domain) for label in domain.split(".")):
        return _refused(
            "domain_script",
            _("The part after the @ holds Cyrillic letters that look Latin."),
            f"{_latin(local)}@{_latin(domain)}",
        )
    if not local.isascii():
        return _refused(
            "local_script",
            _("The part before the @ holds letters that are not Latin."),
            f"{_latin(local)}@{domain}",
        )
    address = f"{local}@{domain}"
    try:
        validate_email(address)
    except ValidationError:
        return _refused("invalid", _("This is not a complete e-mail address."), address)
    note = "" if typed.lower() == address.lower() else _("Read from “%(typed)s”.") % {"typed": typed}
    return EmailReading(address=address, note=note)


def _refused(code: str, note: str, suggestion: str = "") -> EmailReading:
    """A suggestion is made only when it would itself be accepted."""
    suggestion = re.sub(r"[,.]+", ".", suggestion).strip(".")
    try:
        validate_email(suggestion)
    except ValidationError:
        suggestion = ""
    return EmailReading(
        note=note, error_code=code, suggestion=suggestion if suggestion.isascii() else ""
    )


def _is_one_script(label: str, domain: str) -> bool:
    """Whether a part of the domain is Latin or Cyrillic throughout and not one disguised."""
    cyrillic = _CYRILLIC.findall(label)
    if not cyrillic:
        return True
    if _LATIN.search(label):
        return False
    # A word of nothing but look-alikes before .mn or .int imitates another domain.
    imitates = all(letter in CYRILLIC_TO_LATIN for letter in cyrillic)
    return not (imitates and domain.rpartition(".")[2].isascii())


def _latin(text: str) -> str:
    """With Latin letters where Cyrillic ones look the same, and accents off."""
    text = "".join(CYRILLIC_TO_LATIN.get(letter, letter) for letter in text)
    if _CYRILLIC.search(text):
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
