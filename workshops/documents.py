"""The papers of a workshop, as PDF: letters, sheets, badges, certificates, reports. Both languages in each, side by side.

Each function takes plain values and gives bytes; it reads no table and keeps nothing. Who may have the paper, and what
stands in it, is said by those who call. What goes into a document is one of the small classes below, or a string; a
string is printed as it stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils import translation

from core import charts, dates, names, pdf, qr

# What documents are made of ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Both:
    """The same in English and Mongolian. Where one is missing, the other stands for it."""

    en: str = ""
    mn: str = ""

    @classmethod
    def of(cls, row, name):
        """Both columns of a translated field: Both.of(workshop, "title")."""
        return cls(getattr(row, f"{name}_en") or "", getattr(row, f"{name}_mn") or "")

    @property
    def data(self):
        return {"en": self.en or self.mn, "mn": self.mn or self.en}

    def __bool__(self):
        return bool(self.en or self.mn)


@dataclass(frozen=True)
class Letterhead:
    """Who writes: the organisation's full name, the office's, and where to reach it."""

    organisation: Both
    office: Both = Both()
    address: Both = Both()
    phone: str = ""
    email: str = ""
    website: str = ""

    @classmethod
    def of(cls, office):
        """From the row of the country office."""
        return cls(
            Both.of(office, "organisation_name"), Both.of(office, "name"), Both.of(office, "address"),
            office.phone, office.email, _shown(office.website),
        )  # fmt: skip

    @property
    def data(self):
        return {
            "organisation": self.organisation.data, "office": self.office.data, "address": self.address.data,
            "phone": self.phone, "email": self.email, "website": self.website,
        }  # fmt: skip


@dataclass(frozen=True)
class Name:
    """A person's name in both scripts, the father's name before it; `script` is the whole name in traditional letters."""

    given: str
    patronymic: str = ""
    given_latin: str = ""
    patronymic_latin: str = ""
    script: str = ""

    @classmethod
    def of(cls, row, *, script=""):
        """From a person or a registration."""
        return cls(row.given_name, row.patronymic, row.given_name_latin, row.patronymic_latin, script)

    @property
    def data(self):
        """In Cyrillic and Latin: what stands before, and the name by which the person is called. Neither is ever empty."""
        latin = self.given_latin or names.romanise(self.given)
        latin_before = self.patronymic_latin or names.romanise(self.patronymic)
        return {
            "cyrillic": {"called": self.given or latin, "before": self.patronymic or latin_before},
            "latin": {"called": latin, "before": latin_before},
        }


@dataclass(frozen=True)
class Signatory:
    name: Both
    office: Both = Both()

    @property
    def data(self):
        return {"name": self.name.data, "office": self.office.data}


def days(starts_on, ends_on=None, precision=dates.Precision.DAY):
    """Two dates as a phrase in both languages: "18–20 June 2026", "2026 оны 6 сарын 18–20"."""
    return in_both(lambda: dates.show_range(starts_on, ends_on, precision))


def in_both(say):
    """What a function says in each language: in_both(registration.get_role_display)."""
    said = {}
    for language in ("en", "mn"):
        with translation.override(language):
            said[language] = str(say())
    return Both(**said)


def _shown(address):
    """An address as it is printed: nobody types the scheme."""
    return address.removeprefix("https://").removeprefix("http://").removesuffix("/")


def _paper(letterhead, title, **more):
    """What each template asks for: the file's title, and what stands at the head of the second page and those that follow."""
    title = title.data
    shown = title["en"] if title["en"] == title["mn"] else f"{title['en']} · {title['mn']}"
    return {"title": shown, "running": title, "letterhead": letterhead.data, **more}


def _joined(*parts):
    """Phrases of both languages as one, with commas: day, place."""
    parts = [part.data for part in parts if part]
    return {language: ", ".join(part[language] for part in parts) for language in ("en", "mn")}


# Sign-in sheet ----------------------------------------------------------------------------------------------

MORNING, AFTERNOON = Both("Morning", "Өглөө"), Both("Afternoon", "Үдээс хойш")


@dataclass(frozen=True)
class Participant:
    """Somebody on a sheet, a badge or a list. `role` and `address` (of the page that checks in) are printed on badges alone."""

    name: Name
    institution: Both = Both()
    job_title: Both = Both()
    role: Both = Both()
    address: str = ""


def sign_in_sheet(
    participants: Iterable[Participant], *, workshop: Both, day: Both, letterhead: Letterhead, place: Both = Both(),
    signatures: Sequence[Both] = (MORNING, AFTERNOON), blank_rows: int = 6, note: Both = Both(),
):  # fmt: skip
    """The list of one day to sign, in the order given, with blank rows for those who come unannounced.

    `day` says which day it is: Both("Day 1, 18 June 2026", …) or days(date). `signatures` are the heads of the columns to
    sign in, at most three. `note` is a sentence under the title, for example what the list is kept for.
    """
    data = _paper(
        letterhead,
        Both(f"Sign-in sheet, {day.data['en']}: {workshop.data['en']}", f"Ирцийн бүртгэл, {day.data['mn']}: {workshop.data['mn']}"),
        workshop=workshop.data,
        when_and_where=_joined(day, place),
        note=note.data,
        signatures=[signature.data for signature in signatures],
        blank_rows=blank_rows,
        rows=[
            {
                **{script: f"{name['before']} {name['called']}".strip() for script, name in participant.name.data.items()},
                "institution": participant.institution.data,
                "job_title": participant.job_title.data,
            }
            for participant in participants
        ],
    )
    return pdf.render("sign_in_sheet", data)


# Badges and name tents --------------------------------------------------------------------------------------


def badges(participants: Iterable[Participant], *, workshop: Both, letterhead: Letterhead):
    """Badges of the size A7, eight a sheet, with marks to cut along. The QR code holds each participant's `address`."""
    data = _paper(
        letterhead,
        Both(f"Badges: {workshop.data['en']}", f"Энгэрийн тэмдэг: {workshop.data['mn']}"),
        workshop=workshop.data,
        badges=[
            {
                **participant.name.data,
                "institution": participant.institution.data,
                "role": participant.role.data,
                "qr": qr.drawing(participant.address) if participant.address else "",
            }
            for participant in participants
        ],
        qr_means="QR: check-in · ирц бүртгэх",
    )
    return pdf.render("badges", data)


def name_tents(participants: Iterable[Participant], *, workshop: Both, letterhead: Letterhead):
    """Name tents, one a sheet: folded along the middle it shows the name in both scripts to both sides."""
    data = _paper(
        letterhead,
        Both(f"Name tents: {workshop.data['en']}", f"Ширээний нэрийн хуудас: {workshop.data['mn']}"),
        tents=[{**participant.name.data, "institution": participant.institution.data} for participant in participants],
    )
    return pdf.render("name_tents", data)


# Certificates -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Certificate:
    """What is certified. `address` leads to the page that proves it; `issued_on` and `issued_at` are day and town of issue."""

    name: Name
    workshop: Both
    when: Both
    place: Both
    serial: str
    address: str
    issued_on: date
    issued_at: Both = Both()
    hours: Decimal | int | None = None
    signatories: Sequence[Signatory] = ()

    @property
    def data(self):
        when, place, issued, town = self.when.data, self.place.data, days(self.issued_on).data, self.issued_at.data
        hours = in_both(lambda: charts.number(self.hours)).data if self.hours else None
        told = {"en": "hours of training", "mn": "цагийн сургалт"}
        return {
            "name": self.name.data,
            "script": self.name.script,
            "workshop": self.workshop.data,
            "facts": {
                language: [
                    ", ".join(filter(None, [when[language], place[language]])),
                    *([f"{hours[language]} {_hour(self.hours) if language == 'en' else told['mn']}"] if hours else []),
                ]
                for language in ("en", "mn")
            },
            "serial": self.serial,
            "address": self.address,
            "shown_address": _shown(self.address),
            "qr": qr.drawing(self.address),
            "issued": {language: ", ".join(filter(None, [town[language], issued[language]])) for language in ("en", "mn")},
            "signatories": [signatory.data for signatory in self.signatories],
        }


def _hour(number):
    return "hour of training" if number == 1 else "hours of training"


def certificates(many: Iterable[Certificate], *, letterhead: Letterhead):
    """Certificates of participation, one a page. One alone is `certificates([one], letterhead=…)`, and carries its day of issue."""
    many = list(many)
    data = _paper(
        letterhead,
        Both("Certificate of participation", "Оролцсоны гэрчилгээ"),
        certificates=[certificate.data for certificate in many],
        qr_means="QR: the page on which this certificate can be checked · энэ гэрчилгээг шалгах хуудас",
    )
    if len(many) == 1:
        data["title"] = f"{data['title']} {many[0].serial}"
    return pdf.render("certificates", data, dated=many[0].issued_on if many else None)
