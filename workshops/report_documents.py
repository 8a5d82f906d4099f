"""Reports as files: an Excel file of tidy sheets, and a PDF in both languages with the list of participants annexed."""

from collections import Counter

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from contacts.models import Level, Province, Sex
from core import charts, spreadsheets
from workshops import documents, reports
from workshops.documents import Both, Picture, Section, Table, in_both
from workshops.letter_documents import letterhead
from workshops.models import Registration


# The Excel file -----------------------------------------------------------------------------------------------


def workbook(report, *, with_names=False):
    """The bytes of an Excel file: one sheet a table, one row a thing, one column a fact, in the active language.

    Without names the participants are numbered; a number stands for one person in this file alone.
    """
    bodies = {key: str(body) for key, body in report.organisations.items()}
    titles = {row.pk: row for row in report.workshops}
    at = Counter(row.workshop for row in report.participations)
    numbers = {}
    for row in report.participations:
        numbers.setdefault(row.person, len(numbers) + 1)
    names = _names(report) if with_names else {}
    sexes, levels, provinces = dict(Sex.choices), dict(Level.choices), dict(Province.choices)
    sheets = [
        (
            _("Workshops"),
            [_("Workshop"), _("Address"), _("First day"), _("Last day"), _("Place"), _("Status"), _("Places"), _("Participations"), _("Certificates")],
            [
                [
                    str(row), row.slug, _iso(row.starts_on), _iso(row.ends_on), row.place or row.place_en, row.get_status_display(), row.capacity,
                    at[row.pk],
                    report.certificates.get(row.pk, 0),
                ]
                for row in report.workshops
            ],
        ),
        (
            _("Participations"),
            [
                _("Workshop"), _("First day"), _("Person number"), *([_("Name"), _("Job title")] if with_names else []), _("Sex"),
                _("Institution as of the event"), _("Institution as of today"), _("Level"), _("Province"), _("Attended"), _("Of"),
            ],
            [
                [
                    str(titles[row.workshop]), _iso(titles[row.workshop].starts_on), numbers[row.person],
                    *(names.get(row.registration, ["", ""]) if with_names else []), str(sexes.get(row.sex, "")),
                    bodies.get(row.organisation, ""), bodies.get(row.successor, ""), str(levels.get(row.level, "")),
                    str(provinces.get(row.province, "")), row.attended, row.of,
                ]
                for row in report.participations
            ],
        ),
        (
            _("Breakdowns"),
            [_("Broken down"), _("Category"), _("Participations"), _("Women"), _("Men"), _("Not stated"), _("People")],
            [
                [part.title, line.label, line.participations, line.women, line.men, line.unknown, line.people]
                for part in report.breakdowns()
                for line in (*part.lines, part.total)
            ],
        ),
        (
            _("Seats"),
            [_("Workshop"), _("Institution"), _("Guaranteed"), _("Maximum"), _("Held"), _("Used")],
            [[str(row.workshop), str(row.organisation or ""), row.guaranteed, row.maximum, row.held, row.used] for row in report.seats],
        ),
        (
            _("Attendance"),
            [_("Workshop"), _("Day or session"), _("Present"), _("Absent"), _("Excused"), _("Expected")],
            [[str(row.workshop), row.label, row.present, row.absent, row.excused, row.expected] for row in report.days],
        ),
    ]  # fmt: skip
    if report.indicators:
        sheets.append(
            (
                _("Indicators"),
                [_("Indicator"), _("Baseline"), _("Target"), _("Reached"), _("Per cent of the target")],
                [
                    [str(row.indicator), _number(row.indicator.baseline), _number(row.indicator.target), _number(row.value), row.share]
                    for row in report.indicators
                ],
            )
        )
    return spreadsheets.write_workbook([(name[:31], head, rows) for name, head, rows in sheets])


def _iso(day):
    return day.isoformat() if day else ""


def _number(value):
    return None if value is None else float(value)


def _names(report):
    rows = Registration.objects.filter(pk__in=[row.registration for row in report.participations])
    return {row.pk: [row.full_name, row.job_title] for row in rows}


# The PDF ------------------------------------------------------------------------------------------------------


def paper(report, *, title, subtitle=Both(), with_names=True):
    """The PDF of a report in both languages; the list of participants is annexed where `with_names`."""
    parts = [
        Section(Both("Participants", "Оролцогчид"), [in_both(lambda: reports.DEFINITION), *_breakdowns(report)]),
        Section(Both("Seats and their use", "Суудал ба ашиглалт"), [seats]) if report.seats and (seats := _seats(report)) else None,
        Section(Both("Attendance", "Ирц"), [_days(report)]) if report.days else None,
        _learning(report),
        Section(Both("Indicators of the project", "Төслийн шалгуур үзүүлэлт"), [_indicators(report)]) if report.indicators else None,
        Section(Both("Annex: participants", "Хавсралт: оролцогчид"), [_list(report)], is_annex=True) if with_names and report.participations else None,
    ]
    total = report.total
    facts = [
        (Both("Participations", "Оролцоо"), Both(str(total.participations), str(total.participations))),
        (Both("People", "Хүн"), Both(str(total.people), str(total.people))),
        (Both("Women, men", "Эмэгтэй, эрэгтэй"), Both(f"{total.women}, {total.men}", f"{total.women}, {total.men}")),
        (Both("Certificates issued", "Олгосон гэрчилгээ"), Both(*[str(sum(report.certificates.values()))] * 2)),
    ]
    return documents.report(
        [part for part in parts if part],
        title=title,
        subtitle=subtitle,
        letterhead=letterhead(),
        facts=facts,
        dated=timezone.localdate(),
    )


def _breakdowns(report):
    """Each breakdown as a table whose lines say the same in both languages, and institutions as bars."""
    said = {}
    for code in ("en", "mn"):
        with override(code):
            said[code] = report.breakdowns()
    parts = []
    for english, mongolian in zip(said["en"], said["mn"], strict=True):
        if not english.lines:
            continue
        title = Both(english.title, mongolian.title)
        in_mongolian = {line.key: line.label for line in mongolian.lines}
        rows = [
            [Both(line.label, label), line.participations, line.women, line.men, line.unknown, line.people]
            for line, label in [*((line, in_mongolian[line.key]) for line in english.lines), (english.total, mongolian.total.label)]
        ]
        note = Both("People do not add up: some stand in several lines.", "Зарим хүн хэд хэдэн мөрөнд орсон тул хүний тоо нийлбэртэй тэнцэхгүй.") if english.overlaps else Both()
        head = [title, Both("Participations", "Оролцоо"), Both("Women", "Эмэгтэй"), Both("Men", "Эрэгтэй"), Both("Not stated", "Заагаагүй"), Both("People", "Хүн")]
        parts.append(Table(head, rows, title=title, note=note, sums=True))
    # The picture, which is high, stands last: the tables fill the pages before it.
    picture = Picture.of(lambda: chart_of(report.by_institution(), "institutions"), title=Both("Participations by institution", "Оролцоо, байгууллагаар"))
    return [*parts, *([picture] if picture else [])]


def chart_of(breakdown, identity):
    """A breakdown as bars, or None where there is nothing to compare."""
    points = [charts.Point(line.label, line.participations) for line in breakdown.lines]
    return charts.draw(charts.BARS, points, title=breakdown.title, identity=identity)


def _seats(report):
    """Seats by institution of one workshop; of several, a line for each workshop that shared some out."""
    if len(report.workshops) > 1:
        return _seats_by_workshop(report)
    rows = [
        [Both.of(row.organisation, "name") if row.organisation else Both("No institution", "Байгууллагагүй"), row.guaranteed, row.maximum, row.held, row.used]
        for row in report.seats
    ]
    return Table([Both("Institution", "Байгууллага"), *SEATS], rows)


SEATS = (Both("Guaranteed", "Баталгаат"), Both("Maximum", "Дээд тоо"), Both("Held", "Эзлэгдсэн"), Both("Came", "Ирсэн"))


def _seats_by_workshop(report):
    sums = {}
    for row in report.seats:
        if row.guaranteed or row.held or row.used:
            of = sums.setdefault(row.workshop, [0, 0, 0])
            for place, number in enumerate((row.guaranteed, row.held, row.used)):
                of[place] += number
    if not sums:
        return None
    # What institutions may fill at most does not add up to a number that means anything.
    return Table([Both("Workshop", "Сургалт"), SEATS[0], *SEATS[2:]], [[Both.of(workshop, "title"), *numbers] for workshop, numbers in sums.items()])


def _days(report):
    rows = []
    for row in report.days:
        rows.append([*([Both.of(row.workshop, "title")] if len(report.workshops) > 1 else []), in_both(lambda unit=row.unit: unit.label), row.present, row.absent, row.excused, row.expected])
    head = [*([Both("Workshop", "Сургалт")] if len(report.workshops) > 1 else []), Both("Day or session", "Өдөр, хичээл"), Both("Present", "Ирсэн"), Both("Absent", "Ирээгүй"), Both("Excused", "Чөлөөтэй"), Both("Expected", "Ирэх ёстой")]
    return Table(head, rows)


def _learning(report):
    gain, satisfaction = report.gain, report.satisfaction
    rows = []
    if gain:
        pairs, before, after, more = gain
        rows += [
            [Both("Test before, mean per cent", "Өмнөх сорил, дундаж хувь"), float(before)],
            [Both("Test after, mean per cent", "Дараах сорил, дундаж хувь"), float(after)],
            [Both(f"Gain in percentage points ({pairs} people in both)", f"Ахиц, нэгж хувь (хоёуланг нь өгсөн {pairs} хүн)"), float(more)],
        ]
    if satisfaction:
        answers, mean = satisfaction
        rows.append([Both(f"Evaluation, mean of 1 to 5 ({answers} answers)", f"Үнэлгээ, 1–5 дундаж ({answers} хариулт)"), float(mean)])
    # What is kept back is said in each language by asking for it in that language.
    for place in range(len(report.withheld)):
        rows.append([in_both(lambda at=place, part=part: report.withheld[at][part]) for part in (0, 1)])
    if not rows:
        return None
    return Section(Both("Learning and evaluation", "Сорил, үнэлгээ"), [Table([Both("Measure", "Үзүүлэлт"), Both("Value", "Утга")], rows)])


def _indicators(report):
    rows = [
        [Both.of(row.indicator, "name"), _number(row.indicator.baseline), _number(row.indicator.target), _number(row.value), row.share]
        for row in report.indicators
    ]
    head = [Both("Indicator", "Шалгуур үзүүлэлт"), Both("Baseline", "Суурь"), Both("Target", "Зорилт"), Both("Reached", "Хүрсэн"), Both("Per cent", "Хувь")]
    return Table(head, rows)


def _list(report):
    rows = Registration.objects.filter(pk__in=[row.registration for row in report.participations]).select_related("organisation")
    known = {row.pk: row for row in rows}
    lines = []
    for number, row in enumerate(report.participations, 1):
        registration = known[row.registration]
        lines.append([number, in_both(lambda row=registration: row.full_name), Both.of(registration.organisation, "name") if registration.organisation else Both(), registration.job_title])
    return Table([Both("No.", "№"), Both("Name", "Нэр"), Both("Institution", "Байгууллага"), Both("Job title", "Албан тушаал")], lines)
