"""Telephone numbers: read from a cell as people type them, kept as E.164, shown in groups.

Mongolia: +976 and eight digits; 6–9 begin mobile and internet numbers, 11, 21 and 51 lines in
Ulaanbaatar, other places have longer area codes (national numbers of up to ten digits).
"""

import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple


class Phones(NamedTuple):
    """`numbers` in E.164, in the order met, none twice; `unread` what holds no number we know."""

    numbers: list[str]
    unread: list[str]


_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,2}")
_WHOLE_FLOAT = re.compile(r"(\d+)[.,]0+")
_RUN = re.compile(r"[+＋(]*\d(?:[\d\s().\-‐‑–—+＋]*\d)?")
_GROUP = re.compile(r"[+＋]?\s*\(?\s*[+＋]?\d+")
# Two letters and eight digits are a civil registration number, never a telephone.
_REGISTRATION = re.compile(r"(?<!\w)[^\W\d_]{2}\d{8}(?!\w)")
_EIGHT = re.compile(r"(?:[6-9]\d{7}|(?:11|21|51)\d{6})")
_MOBILE = re.compile(r"[6-9]\d{7}")
_LONG_LINE = re.compile(r"[1-5]\d{8,9}")
_TRUNK = re.compile(r"\(\s*0\s*\)")


def parse(text) -> Phones:
    """All numbers in a cell: text, or a number as a spreadsheet gives it (99112233.0, 9.9E7).

    A number without a country code is Mongolian; what is too short or long for that is unread
    (six digits of an old office line, an extension). Words beside a number are passed over;
    a cell with words only is unread whole.
    """
    cell = _plain(text)
    if not any(character.isalnum() for character in cell):
        return Phones([], [])
    numbers, unread = [], _REGISTRATION.findall(cell)
    for run in _RUN.findall(_REGISTRATION.sub(",", _TRUNK.sub(" ", cell))):
        found, rest = _numbers_in(run)
        numbers += found
        unread += rest
    if not numbers and not unread:
        unread = [cell]
    return Phones(list(dict.fromkeys(numbers)), unread)


def _plain(value) -> str:
    """The cell as text; a float of whole value or in scientific form as its digits."""
    if value is None or isinstance(value, bool):
        return ""
    cell = " ".join(_UNSEEN.sub("", str(value)).split()).lstrip("'")
    if isinstance(value, float) and value != value:
        return ""
    if _SCIENTIFIC.fullmatch(cell):
        try:
            whole = Decimal(cell.replace(",", "."))
        except InvalidOperation:
            return cell
        return str(int(whole)) if whole == whole.to_integral_value() else cell
    if match := _WHOLE_FLOAT.fullmatch(cell):
        return match[1]
    return cell


def _numbers_in(run: str) -> tuple[list[str], list[str]]:
    """Splits a run of digit groups: the longest number that reads from each group onwards."""
    groups = [re.sub(r"[^\d+]", "", group.replace("＋", "+")) for group in _GROUP.findall(run)]
    numbers, unread, start = [], [], 0
    while start < len(groups):
        # No number known has more than ten groups.
        for end in range(min(len(groups), start + 10), start, -1):
            if read := _read(groups[start:end]):
                numbers += read
                start = end
                break
        else:
            unread.append(groups[start])
            start += 1
    if not numbers:
        return [], [run]
    return numbers, [" ".join(unread)] if unread else []


def _read(groups: list[str]) -> list[str]:
    if any("+" in group for group in groups[1:]):
        return []
    digits = "".join(groups)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if digits.startswith("+"):
        return _international(digits.lstrip("+"))
    if _EIGHT.fullmatch(digits):
        return [f"+976{digits}"]
    if digits.startswith("976") and (read := _national(digits[3:])):
        return read
    if digits.startswith("0") and (read := _national(digits[1:])):
        return read
    # Two numbers typed without anything between them.
    if len(groups) == 1 and len(digits) == 16:
        halves = [digits[:8], digits[8:]]
        if all(_MOBILE.fullmatch(half) for half in halves):
            return [f"+976{half}" for half in halves]
    return []


def _national(digits: str) -> list[str]:
    digits = digits.removeprefix("0")
    if _EIGHT.fullmatch(digits) or _LONG_LINE.fullmatch(digits):
        return [f"+976{digits}"]
    return []


def _international(digits: str) -> list[str]:
    if digits.startswith("976"):
        return _national(digits[3:])
    # ITU E.164: at most fifteen digits; no country has fewer than seven in all.
    return [f"+{digits}"] if 7 <= len(digits) <= 15 and digits[0] != "0" else []


def display(e164: str) -> str:
    """'+976 9911 2233', '+976 11 345678'; a foreign number as kept."""
    if match := re.fullmatch(r"\+976([6-9]\d{3})(\d{4})", e164):
        return f"+976 {match[1]} {match[2]}"
    if match := re.fullmatch(r"\+976(11|21|51)(\d{6})", e164):
        return f"+976 {match[1]} {match[2]}"
    if match := re.fullmatch(r"\+976(\d{3,4})(\d{4,6})", e164):
        return f"+976 {match[1]} {match[2]}"
    return e164
