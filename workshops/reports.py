"""Reports: who took part, broken down as donors ask, seats against use, attendance, learning, and a project's indicators.

A participation is one person at one workshop: a participant who was seen at least once where attendance was taken, else
one who is confirmed. People are counted once, however many workshops they took part in.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import Level, Organisation, Province, Sex, Succession
from workshops import scores
from workshops.attendance import place_of, units_of
from workshops.models import AttendanceMark, Certificate, ProjectIndicator, Registration, SeatAllocation, State, Workshop
from workshops.models.registration import HOLDING

Measure = ProjectIndicator.Measure


@dataclass(frozen=True)
class Participation:
    """One person at one workshop. `organisation` and `successor` are keys (None: no institution); `attended` of `of` units."""

    registration: int
    workshop: int
    person: int
    sex: str
    organisation: int | None
    successor: int | None
    level: str
    province: str
    attended: int
    of: int


@dataclass
class Line:
    """One category of a breakdown: participations by sex, and how many people they are. `key` is the same in each language;
    None where nothing is stated, and in a total."""

    label: str
    participations: int = 0
    women: int = 0
    men: int = 0
    unknown: int = 0
    people: int = 0
    key: object = None


@dataclass
class Breakdown:
    """Lines that add up to `total` in participations. People do not where somebody stands in two lines: `overlaps`."""

    title: str
    lines: list
    total: Line

    @property
    def overlaps(self):
        return sum(line.people for line in self.lines) != self.total.people


@dataclass
class Seats:
    """Seats of one institution at one workshop: promised, held, and used by somebody who came."""

    workshop: Workshop
    organisation: Organisation | None
    guaranteed: int
    maximum: int | None
    held: int
    used: int


@dataclass
class Day:
    """Attendance of one day or session."""

    workshop: Workshop
    unit: object
    present: int
    absent: int
    excused: int
    expected: int

    @property
    def label(self):
        return self.unit.label


@dataclass
class Indicator:
    """A project's indicator with what was reached; `share` of the target in per cent, None where either is unknown."""

    indicator: ProjectIndicator
    value: Decimal | int | None

    @property
    def share(self):
        target = self.indicator.target
        return round(self.value * 100 / target) if self.value is not None and target else None


@dataclass
class Report:
    workshops: list
    participations: list
    organisations: dict
    seats: list = field(default_factory=list)
    days: list = field(default_factory=list)
    gains: dict = field(default_factory=dict)
    evaluations: dict = field(default_factory=dict)
    certificates: dict = field(default_factory=dict)
    indicators: list = field(default_factory=list)

    @property
    def total(self):
        return _line(_("Total"), self.participations)

    def by_sex(self):
        labels = {Sex.FEMALE: _("Women"), Sex.MALE: _("Men"), Sex.UNKNOWN: _("Not stated")}
        return self._broken_down(_("By sex"), lambda row: row.sex, labels)

    def by_institution(self):
        names = {key: str(body) for key, body in self.organisations.items()}
        return self._broken_down(_("By institution, as of the event"), lambda row: row.organisation, names, by_size=True)

    def by_successor(self):
        names = {key: str(body) for key, body in self.organisations.items()}
        return self._broken_down(_("By institution, as of today"), lambda row: row.successor, names, by_size=True)

    def by_level(self):
        return self._broken_down(_("By level"), lambda row: row.level, dict(Level.choices))

    def by_province(self):
        return self._broken_down(_("By province"), lambda row: row.province, dict(Province.choices))

    def by_workshop(self):
        return self._broken_down(_("By workshop"), lambda row: row.workshop, {row.pk: str(row) for row in self.workshops})

    def breakdowns(self):
        several = [self.by_workshop()] if len(self.workshops) > 1 else []
        return [*several, self.by_sex(), self.by_institution(), self.by_successor(), self.by_level(), self.by_province()]

    def _broken_down(self, title, key, labels, *, by_size=False):
        """Every participation stands in one line; what is not stated has a line of its own, at the end."""
        groups = {}
        for row in self.participations:
            groups.setdefault(key(row), []).append(row)
        order = sorted(groups, key=lambda name: (-len(groups[name]), str(labels.get(name, "")))) if by_size else [name for name in labels if name in groups]
        known = [name for name in order if name in labels]
        lines = [_line(str(labels[name]), groups[name], key=name) for name in known]
        rest = [row for name, rows in groups.items() if name not in labels for row in rows]
        if rest:
            lines.append(_line(_("Not stated"), rest))
        return Breakdown(title, lines, self.total)

    @property
    def gain(self):
        """(pairs, mean before, mean after, mean gain) over all workshops, in per cent and percentage points; None where nowhere
        five people or more took both tests."""
        found = [gain for gain in self.gains.values() if gain and gain.pairs >= scores.FEWEST]
        pairs = sum(gain.pairs for gain in found)
        if not pairs:
            return None
        means = [sum(Decimal(str(getattr(gain, name))) * gain.pairs for gain in found) / pairs for name in ("before", "after", "gain")]
        return (pairs, *(round(mean, 1) for mean in means))

    @property
    def satisfaction(self):
        """(answers, mean of the scale questions) over all workshops; None where none is closed and was answered by five or more."""
        found = [row for row in self.evaluations.values() if row and row.mean is not None]
        answers = sum(row.answers for row in found)
        return (answers, round(sum(Decimal(str(row.mean)) * row.answers for row in found) / answers, 1)) if answers else None

    @property
    def withheld(self):
        """What is kept back of learning and evaluation, and why: [(label, words)]."""
        found = []
        if any(gain and gain.pairs < scores.FEWEST for gain in self.gains.values()):
            found.append((_("Gain"), _("Withheld where fewer than five people took both tests.")))
        rows = [row for row in self.evaluations.values() if row and row.mean is None]
        if any(row.is_open for row in rows):
            found.append((_("Evaluation"), _("Close the evaluation first: no mean is given while answers come in.")))
        if any(row.answers < scores.FEWEST and not row.is_open for row in rows):
            found.append((_("Evaluation"), _("Withheld where fewer than five people answered.")))
        return found

    @property
    def women_share(self):
        """Women among the people whose sex is stated, in per cent; None where of nobody it is."""
        total = self.total
        sexes = {row.person: row.sex for row in self.participations}
        women, men = (sum(sex == wanted for sex in sexes.values()) for wanted in (Sex.FEMALE, Sex.MALE))
        return round(Decimal(women * 100) / (women + men), 1) if total.people and women + men else None

    def value(self, measure, indicator=None):
        """What a measure of an indicator amounts to in this report; None where nothing was measured."""
        gain, satisfaction = self.gain, self.satisfaction
        return {
            Measure.PEOPLE: self.total.people,
            Measure.PARTICIPATIONS: self.total.participations,
            Measure.WOMEN_SHARE: self.women_share,
            Measure.INSTITUTIONS: len({row.organisation for row in self.participations} - {None}),
            Measure.WORKSHOPS: len({row.workshop for row in self.participations}),
            Measure.CERTIFICATES: sum(self.certificates.values()),
            Measure.GAIN: gain[3] if gain else None,
            Measure.SATISFACTION: satisfaction[1] if satisfaction else None,
            Measure.TYPED: indicator.typed_value if indicator else None,
        }[measure]


def _line(label, rows, key=None):
    sexes = Counter(row.sex for row in rows)
    unknown = len(rows) - sexes[Sex.FEMALE] - sexes[Sex.MALE]
    return Line(label, len(rows), sexes[Sex.FEMALE], sexes[Sex.MALE], unknown, len({row.person for row in rows}), key)


# Gathering ----------------------------------------------------------------------------------------------------


def report_of(workshop):
    """The report on one workshop, measured against all indicators of its project."""
    report = report_on([workshop])
    if workshop.project_id:
        whole = report_on(Workshop.objects.filter(project=workshop.project_id))
        report.indicators = _indicators(whole, [workshop.project_id])
    return report


def report_on(workshops):
    """The report on several workshops; fourteen queries at most, however many they are.

    Workshops that were called off are left out. Where all belong to one project, its indicators are measured.
    """
    workshops = [row for row in workshops if row.status not in {Workshop.Status.CANCELLED, Workshop.Status.DRAFT}]
    keys = [row.pk for row in workshops]
    counted = units_of(workshops)
    seen, per_unit = _attendance(keys, counted)
    taken = {workshop for workshop, _day, _item in per_unit}
    heirs = _heirs()
    participations, expected, held = [], Counter(), Counter()
    rows = Registration.objects.filter(workshop__in=keys, role=Registration.Role.PARTICIPANT).order_by("sort_key", "pk")
    for pk, workshop, person, sex, organisation, level, province, state, counts in rows.values_list(
        "pk", "workshop", "person", "person__sex", "organisation", "level", "province", "state", "counts"
    ):
        held[workshop, organisation] += counts and state in HOLDING
        if state == State.CONFIRMED:
            expected[workshop] += 1
        attended = seen.get(pk, 0)
        if attended or (workshop not in taken and state == State.CONFIRMED):
            of = len(counted[workshop]) if workshop in taken else 0
            participations.append(
                Participation(pk, workshop, person, sex, organisation, heirs(organisation), level, province, attended, of)
            )
    bodies = {row.organisation for row in participations} | {row.successor for row in participations}
    allocations = list(SeatAllocation.objects.filter(workshop__in=keys))
    bodies |= {row.organisation_id for row in allocations} | {organisation for _workshop, organisation in held}
    organisations = Organisation.objects.in_bulk(bodies - {None})
    report = Report(workshops, participations, organisations)
    report.seats = _seats(workshops, allocations, participations, held, organisations)
    report.days = _days(workshops, counted, per_unit, expected)
    report.gains, report.evaluations = scores.gain_of(workshops), scores.evaluation_of(workshops)
    issued = Certificate.objects.filter(registration__workshop__in=keys, status=Certificate.Status.ISSUED)
    report.certificates = dict(issued.order_by().values_list("registration__workshop").annotate(Count("pk")))
    projects = {row.project_id for row in workshops}
    if len(projects) == 1 and None not in projects:
        report.indicators = _indicators(report, projects)
    return report


def _attendance(workshops, counted):
    """({registration: units at which it was seen}, {(workshop, day, item): {kind: number}}) from the marks that stand."""
    said = {}
    marks = AttendanceMark.objects.standing().filter(workshop__in=workshops, registration__role=Registration.Role.PARTICIPANT).order_by("pk")
    for registration, workshop, day, item, kind in marks.values_list("registration", "workshop", "day", "item", "kind"):
        said.setdefault((registration, workshop), {})[day, item] = kind
    seen, per_unit = Counter(), {}
    for (registration, workshop), kinds in said.items():
        for unit in counted[workshop]:
            if place := place_of(unit, kinds):
                per_unit.setdefault((workshop, *unit.key), Counter())[kinds[place]] += 1
                seen[registration] += kinds[place] == AttendanceMark.Kind.PRESENT
    return seen, per_unit


def _heirs():
    """A function from an institution's key to that of the body that stands for it today: followed through reforms while
    there is one successor; one that was split among several stays itself."""
    after = {}
    for before, successor in Succession.objects.values_list("predecessor", "successor"):
        after.setdefault(before, []).append(successor)

    def heir(key):
        passed = set()
        while len(after.get(key, ())) == 1 and key not in passed:
            passed.add(key)
            key = after[key][0]
        return key

    return heir


def _seats(workshops, allocations, participations, held, organisations):
    used = Counter((row.workshop, row.organisation) for row in participations)
    known = {row.pk: row for row in workshops}
    found = [
        Seats(known[row.workshop_id], organisations.get(row.organisation_id), row.guaranteed, row.maximum, row.held, used[row.workshop_id, row.organisation_id])
        for row in allocations
    ]
    # Whoever held a seat or came without seats that their institution was promised.
    shared = {(row.workshop_id, row.organisation_id) for row in allocations}
    others = {place for place, number in (*held.items(), *used.items()) if number} - shared
    found += [Seats(known[workshop], organisations.get(body), 0, None, held[workshop, body], used[workshop, body]) for workshop, body in others]
    order = {row.pk: place for place, row in enumerate(workshops)}
    return sorted(found, key=lambda row: (order[row.workshop.pk], -row.guaranteed, str(row.organisation or "")))


def _days(workshops, counted, per_unit, expected):
    found = []
    for workshop in workshops:
        for unit in counted[workshop.pk]:
            kinds = per_unit.get((workshop.pk, *unit.key))
            if kinds:
                found.append(Day(workshop, unit, kinds["present"], kinds["absent"], kinds["excused"], expected[workshop.pk]))
    return found


def _indicators(report, projects):
    return [Indicator(row, report.value(row.measure, row)) for row in ProjectIndicator.objects.filter(project__in=projects)]


# What is said of figures --------------------------------------------------------------------------------------

DEFINITION = gettext_lazy(
    "A participation is one participant at one workshop: somebody who was seen at least once where attendance was taken, else "
    "somebody who is confirmed. People are counted once, however many workshops they took part in."
)
