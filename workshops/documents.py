"""The papers of a workshop, as PDF: letters, sheets, badges, certificates, reports. Both languages in each, side by side.

Each function takes plain values and gives bytes; it reads no table and keeps nothing. Who may have the paper, and what
stands in it, is said by those who call. What goes into a document is one of the small classes below, or a string; a
string is printed as it stands.
"""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
        """From the row of the country office; a portal without its facts (None) still has a name."""
        if office is None:
            return cls(
                Both("International Organization for Migration", "Олон Улсын Шилжилт Хөдөлгөөний Байгууллага"),
                Both("IOM Mongolia", "ОУШХБ Монгол"),
            )
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

    @classmethod
    def of(cls, en, mn):
        """From "Name, office" as it is typed in one line: parted where each language that says something says both, else the
        lines as they stand."""
        lines = (en, mn)
        if not all("," in line for line in lines if line):
            return cls(Both(*lines))
        name, office = zip(*(([part.strip() for part in line.split(",", 1)] if line else ("", "")) for line in lines), strict=True)
        return cls(Both(*name), Both(*office))

    @property
    def data(self):
        return {"name": self.name.data, "office": self.office.data}


@functools.lru_cache(maxsize=256)
def days(starts_on, ends_on=None, precision=dates.Precision.DAY):
    """Two dates as a phrase in both languages: "18–20 June 2026", "2026 оны 6 сарын 18–20"."""
    return in_both(lambda: dates.show_range(starts_on, ends_on, precision))


def day_of(number, on):
    """A day of a workshop as its sheet and its programme call it: "Day 1, 18 June 2026", "1-р өдөр, 2026 оны 6 сарын 18"."""
    when = days(on)
    return Both(f"Day {number}, {when.en}", f"{number}-р өдөр, {when.mn}")


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
    signatures: Sequence[Both] = (MORNING, AFTERNOON), blank_rows: int = 4, note: Both = Both(),
):  # fmt: skip
    """The list of one day to sign, in the order given, with blank rows for those who come unannounced: thirty people and
    four more stand on two pages.

    `day` says which day it is: day_of(1, date) or days(date). `signatures` are the heads of the columns to
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


# Invitation letter ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Invitation:
    """A letter that asks one institution to name officials.

    `number` and `dated` are those of the letter. `guaranteed` seats are kept until `kept_until`; `maximum` is the most it may
    fill, None where there is no limit. `women` is the number of women sought, 0 where only the office's practice (at least
    two in five of either sex) is said. `answer_until` is a phrase in both languages. `address` is the institution's own page
    to answer on, `contact` whom to call. `paragraphs` stand before the facts, in the office's own words.
    """

    number: str
    dated: date
    institution: Both
    workshop: Both
    when: Both
    signatory: Signatory
    addressee: Both = Both()
    place: Both = Both()
    funder: Both = Both()
    paragraphs: Sequence[Both] = ()
    guaranteed: int = 0
    maximum: int | None = None
    women: int = 0
    kept_until: date | None = None
    answer_until: Both = Both()
    address: str = ""
    contact: Both = Both()
    phone: str = ""
    email: str = ""


def invitation_letter(letter: Invitation, *, letterhead: Letterhead):
    """The letter on one page, in both languages side by side; a long text of its own takes a second."""
    data = _paper(
        letterhead,
        Both(*(
            f"{' '.join(filter(None, [word, letter.number]))}: {letter.workshop.data[language]}"
            for language, word in (("en", "Invitation"), ("mn", "Урилга"))
        )),
        number=letter.number,
        day=days(letter.dated).data,
        institution=letter.institution.data,
        addressee=letter.addressee.data,
        workshop=letter.workshop.data,
        when_and_where=_joined(letter.when, letter.place),
        funder=letter.funder.data,
        paragraphs=[paragraph.data for paragraph in letter.paragraphs],
        guaranteed=letter.guaranteed,
        maximum=letter.maximum,
        women=letter.women,
        kept_until=days(letter.kept_until).data,
        answer_until=letter.answer_until.data,
        address=letter.address,
        shown_address=_shown(letter.address),
        qr=qr.drawing(letter.address) if letter.address else "",
        qr_means="QR: the page on which to answer · хариу өгөх хуудас",
        contact=letter.contact.data,
        contact_ways=[way for way in (letter.phone, letter.email) if way],
        signatory=letter.signatory.data,
    )
    return pdf.render("invitation_letter", data, dated=letter.dated)


# Programme --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AgendaItem:
    """One line of a day: `time` as it is printed ("09:00–10:30"), and who speaks where. A pause is set quieter."""

    time: str
    title: Both
    speakers: Sequence[Both] = ()
    room: Both = Both()
    description: Both = Both()
    is_pause: bool = False
    is_cancelled: bool = False


@dataclass(frozen=True)
class AgendaDay:
    title: Both
    items: Sequence[AgendaItem] = ()


def agenda(
    agenda_days: Iterable[AgendaDay], *, workshop: Both, when: Both, letterhead: Letterhead, place: Both = Both(),
    version: int | None = None, published_on: date | None = None,
):  # fmt: skip
    """The programme to print: a table a day, both languages side by side. `version` and its day are printed where given."""
    words = Both()
    if version:
        on = days(published_on).data
        words = Both(f"Version {version}" + (f" of {on['en']}" if published_on else ""), f"{version}-р хувилбар" + (f", {on['mn']}" if published_on else ""))
    data = _paper(
        letterhead,
        Both(f"Programme: {workshop.data['en']}", f"Хөтөлбөр: {workshop.data['mn']}"),
        workshop=workshop.data,
        when_and_where=_joined(when, place),
        version=words.data,
        days=[{"title": day.title.data, "items": [_agenda_item(item) for item in day.items]} for day in agenda_days],
    )
    return pdf.render("agenda", data, dated=published_on)


def _agenda_item(item):
    return {
        "time": item.time,
        "title": item.title.data,
        "speakers": [speaker.data for speaker in item.speakers],
        "room": item.room.data,
        "description": item.description.data,
        "is_pause": item.is_pause,
        "is_cancelled": item.is_cancelled,
    }


# Report -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """Figures or names in rows. A cell is a string, a number, None or Both; columns of numbers stand to the right.

    `sums` says that the last row adds up the others and is set off. `note` tells what is counted and where it comes from.
    """

    head: Sequence[Both]
    rows: Sequence[Sequence]
    title: Both = Both()
    note: Both = Both()
    sums: bool = False

    @property
    def data(self):
        rows = [list(row) for row in self.rows]
        numeric = [
            any(_is_number(row[place]) for row in rows) and all(row[place] is None or _is_number(row[place]) for row in rows)
            for place in range(len(self.head))
        ]
        return {
            "is": "table",
            "title": self.title.data,
            "head": [cell.data for cell in self.head],
            "numeric": numeric,
            "columns": [0 if numeric[place] else _share(rows, place) for place in range(len(self.head))],
            "rows": [[_cell(cell) for cell in row] for row in rows],
            "note": self.note.data,
            "sums": self.sums,
        }


@dataclass(frozen=True)
class Picture:
    """A chart as SVG, one drawing for each language; `alt` says the same in words. `key` names the shades of a stacked chart."""

    title: Both
    svg: Both
    alt: Both
    note: Both = Both()
    key: Sequence[tuple[str, Both]] = ()

    @classmethod
    def of(cls, draw, *, title, note=Both()):
        """From a function that draws with core.charts in the active language: Picture.of(lambda: charts.draw(…), title=…).

        None where there is nothing to draw.
        """
        drawn = {}
        for language in ("en", "mn"):
            with translation.override(language):
                drawn[language] = draw()
        if drawn["en"] is None:
            return None
        key = [
            (charts.SHADES_ON_PAPER[shade], Both(en, mn))
            for (shade, en), (_same, mn) in zip(drawn["en"].key, drawn["mn"].key, strict=True)
        ]
        svg = Both(**{language: charts.for_paper(chart.svg) for language, chart in drawn.items()})
        return cls(title, svg, Both(**{language: chart.summary for language, chart in drawn.items()}), note, key)

    @property
    def data(self):
        return {
            "is": "picture",
            "title": self.title.data,
            "svg": self.svg.data,
            "alt": self.alt.data,
            "note": self.note.data,
            "key": [{"colour": colour, "name": name.data} for colour, name in self.key],
        }


@dataclass(frozen=True)
class Section:
    """A part of a report: paragraphs (Both), tables and pictures in order. An annex begins on a page of its own."""

    title: Both
    parts: Sequence = ()
    is_annex: bool = False

    @property
    def data(self):
        parts = [part.data if not isinstance(part, Both) else {"is": "paragraph", "words": part.data} for part in self.parts if part]
        return {"title": self.title.data, "parts": parts, "is_annex": self.is_annex}


def report(
    sections: Iterable[Section], *, title: Both, letterhead: Letterhead, subtitle: Both = Both(),
    facts: Sequence[tuple[Both, Both]] = (), dated: date | None = None,
):  # fmt: skip
    """A report: title, facts in brief (label and value), then sections with text, tables and charts, and annexes."""
    data = _paper(
        letterhead,
        title,
        heading=title.data,
        subtitle=subtitle.data,
        facts=[{"label": label.data, "value": value.data} for label, value in facts],
        day=days(dated).data,
        sections=[section.data for section in sections],
    )
    return pdf.render("report", data, dated=dated)


def _is_number(cell):
    return isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)


def _share(rows, place):
    """How much of a table's width a column of words asks for; 0 where it is short and takes what it needs, as numbers do."""
    longest = max((len(text) for row in rows for text in _cell(row[place]).values()), default=0)
    return min(longest, SHARE_AT_MOST) if longest > SHORT else 0


# Letters of a cell that no column is made narrower for, and from which on it breaks into lines.
SHORT, SHARE_AT_MOST = 12, 40


@functools.lru_cache(maxsize=1024)
def _number(value):
    return in_both(lambda: charts.number(value))


def _cell(cell):
    """Both languages of a cell; numbers are written alike in both."""
    if isinstance(cell, Both):
        return cell.data
    if cell is None:
        return {"en": "–", "mn": "–"}
    if _is_number(cell):
        return _number(cell).data
    return {"en": str(cell), "mn": str(cell)}


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
        hours = _number(self.hours).data if self.hours else None
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
