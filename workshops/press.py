"""From a workshop to the press: a draft of a news item in both languages from what the portal knows, for an editor to finish.

What the portal cannot know stands in it in brackets ("[fill in: …]") and keeps it from being published: see
`office.publishing.placeholders`. Nothing of a person is told but numbers.
"""

from dataclasses import dataclass
from html import escape

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from contacts.models import Organisation, PressContact
from core import names
from core.dates import Precision, show, show_range
from office import versions
from office.models import NewsContact, NewsItem, Quote, Target
from office.publishing import fill_in
from workshops.models import AttendanceMark, Certificate, Registration, State, Workshop

NUMBERS = {
    "en": ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
    # As they stand before a noun.
    "mn": ["", "нэг", "хоёр", "гурван", "дөрвөн", "таван", "зургаан", "долоон", "найман", "есөн", "арван"],
}
KINDS = {
    "en": {"workshop": "workshop", "training": "training", "seminar": "seminar", "consultation": "consultation", "conference": "conference", "meeting": "meeting"},
    "mn": {
        "workshop": "сургалт семинар", "training": "сургалт", "seminar": "семинар", "consultation": "зөвлөлдөх уулзалт", "conference": "бага хурал",
        "meeting": "уулзалт",
    },
}  # fmt: skip
LONGEST_LEAD = 400
# Who comes from these is no official.
OTHERS = {Organisation.Kind.NGO, Organisation.Kind.SOCIAL_PARTNER, Organisation.Kind.UN, Organisation.Kind.DONOR, Organisation.Kind.PARTNER}
MINISTRY = "Ministry of "


@dataclass
class Facts:
    """What a workshop's draft is written from. `time` is "before", "during" or "after"; numbers are None where unknown."""

    workshop: Workshop
    time: str
    days_to: int | None
    officials: int | None
    women: int | None
    certificates: int
    institutions: list
    areas: list
    contacts: list

    @property
    def are_all_of_the_state(self):
        """Whether all institutions are the state's, so that those who come are officials."""
        return all(one.kind not in OTHERS for one in self.institutions)


def facts_of(workshop):
    """What can be said of a workshop today. Six queries at most."""
    today = timezone.localdate()
    dated = workshop.starts_on and workshop.precision == Precision.DAY
    ends_on = workshop.ends_on or workshop.starts_on
    if workshop.status == Workshop.Status.COMPLETED or (dated and ends_on < today):
        time = "after"
    elif workshop.status == Workshop.Status.RUNNING or (dated and workshop.starts_on <= today):
        time = "during"
    else:
        time = "before"
    counted = Registration.objects.filter(workshop=workshop, role=Registration.Role.PARTICIPANT)
    seen = AttendanceMark.objects.filter(workshop=workshop, kind=AttendanceMark.Kind.PRESENT, voided_by=None).values("registration")
    present = list(counted.filter(pk__in=seen).values_list("organisation", "person__sex"))
    came = present or list(counted.filter(state=State.CONFIRMED).values_list("organisation", "person__sex"))
    invited = [row.organisation for row in workshop.allocations.select_related("organisation")]
    if time == "after" and came:
        officials, women = len(came), sum(sex == "f" for _organisation, sex in came) if all(sex in {"f", "m"} for _organisation, sex in came) else None
        sent = {key for key, _sex in came if key}
        institutions = [one for one in invited if one.pk in sent]
        institutions += Organisation.objects.filter(pk__in=sent - {one.pk for one in institutions})
    else:
        officials, women = (workshop.reported_participants, workshop.reported_women) if time == "after" else (workshop.capacity, None)
        officials = officials or workshop.capacity or len(came) or None
        institutions = invited
    return Facts(
        workshop=workshop,
        time=time,
        days_to=(workshop.starts_on - today).days if dated else None,
        officials=officials,
        women=women,
        certificates=Certificate.objects.filter(registration__workshop=workshop, status=Certificate.Status.ISSUED).count() if time == "after" else 0,
        institutions=institutions,
        areas=list(workshop.work_areas.all()),
        contacts=list(PressContact.objects.active()),
    )


def drafts(workshop):
    """News items about a workshop that are published in no language yet."""
    return workshop.news.filter(publish_at_en=None, publish_at_mn=None).order_by("pk")


@transaction.atomic
def draft_news(workshop, *, by):
    """A draft of a news item about a workshop, unpublished in both languages; as long as there is one, that one.

    It names the workshop, its areas and their targets, institutions under the names of their day, funder, press contacts of
    today, and leaves room for a quotation.
    """
    workshop = Workshop.objects.select_for_update(no_key=True, of=("self",)).select_related("funder", "project").get(pk=workshop.pk)
    present = drafts(workshop).first()
    if present is not None:
        return present
    facts = facts_of(workshop)
    words = {}
    for language, write in (("en", _English(facts)), ("mn", _Mongolian(facts))):
        with override(language):
            words |= {
                f"title_{language}": write.title()[:200],
                f"lead_{language}": write.lead()[:LONGEST_LEAD],
                f"dateline_{language}": getattr(workshop, f"place_{language}") or fill_in(language, write.PLACE),
                f"body_{language}": write.body(),
            }
    item = NewsItem.objects.create(
        slug=_free_slug(workshop),
        kind=NewsItem.Kind.PRESS_RELEASE,
        published_on=timezone.localdate(),
        funder=workshop.funder,
        is_demo=workshop.is_demo,
        **words,
    )
    item.work_areas.set(facts.areas)
    item.targets.set(Target.objects.filter(work_areas__in=facts.areas).distinct())
    item.institutions.set(facts.institutions)
    NewsContact.objects.bulk_create(NewsContact(item=item, contact=contact, order=order) for order, contact in enumerate(facts.contacts))
    Quote.objects.create(item=item, **_quote(workshop))
    workshop.news.add(item)
    # Whoever has it drafted answers for its words: somebody else reads them before they go out.
    versions.keep(item, versions.snapshot(item), by=by)
    return item


def _quote(workshop):
    """A quotation to be asked for, of who signs for the office where that is known."""
    words = {}
    for language, write in (("en", _English), ("mn", _Mongolian)):
        name, _comma, role = getattr(workshop, f"signatory_{language}").partition(",")
        words[f"text_{language}"] = fill_in(language, write.QUOTE)
        words[f"speaker_{language}"] = name.strip() or fill_in(language, write.SPEAKER)
        words[f"role_{language}"] = role.strip() or fill_in(language, write.ROLE)
    return words


def _free_slug(workshop):
    wanted = slugify(f"{workshop.title_en or names.romanise(workshop.title_mn)}")[:100].strip("-") or f"workshop-{workshop.pk}"
    taken = set(NewsItem.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    return next(slug for slug in (wanted, *(f"{wanted}-{number}" for number in range(2, 1000))) if slug not in taken)


# The words ----------------------------------------------------------------------------------------------------------


class _Words:
    """What both languages have in common: facts as phrases, and the order of the paragraphs."""

    def __init__(self, facts):
        self.facts, self.workshop = facts, facts.workshop

    def of(self, row, name="name"):
        """A name in the language, or the one that there is."""
        return getattr(row, f"{name}_{self.LANGUAGE}") or getattr(row, f"{name}_en") or getattr(row, f"{name}_mn")

    def number(self, number):
        return NUMBERS[self.LANGUAGE][number] if number is not None and number <= 10 else str(number)

    @property
    def kind(self):
        return KINDS[self.LANGUAGE][self.workshop.kind]

    @property
    def own_title(self):
        return getattr(self.workshop, f"title_{self.LANGUAGE}") or fill_in(self.LANGUAGE, self.TITLE)

    def purpose(self):
        """The workshop's own text about what it is for: the description, else the summary."""
        text = getattr(self.workshop, f"description_{self.LANGUAGE}")
        if text:
            return text
        summary = getattr(self.workshop, f"summary_{self.LANGUAGE}") or fill_in(self.LANGUAGE, self.PURPOSE)
        return f"<p>{escape(summary)}</p>"

    def body(self):
        parts = [f"<p>{escape(text)}</p>" for text in (self.opening(),) if text]
        parts.append(self.purpose())
        parts += [f"<p>{escape(text)}</p>" for text in (self.who(), self.result(), self.paid(), self.context()) if text]
        return "".join(parts)


class _English(_Words):
    LANGUAGE = "en"
    PLACE, QUOTE, SPEAKER, ROLE, PURPOSE, TITLE = "place", "quote", "name of the speaker", "role and office", "what it is for", "title"

    def title(self):
        return f"{self.kind.capitalize()} in {self.of(self.workshop, 'place')}: {self.own_title}" if self.of(self.workshop, "place") else self.own_title

    @property
    def length(self):
        days = self.workshop.days
        return f"{self.number(days)}-day {self.kind}" if days else self.kind

    @property
    def officials(self):
        word = "government official" if self.facts.are_all_of_the_state else "participant"
        return f"{self.facts.officials} {word}{'s' if self.facts.officials != 1 else ''}" if self.facts.officials else f"{word}s"

    @property
    def from_where(self):
        number = len(self.facts.institutions)
        return f" of {self.number(number)} institution{'s' if number != 1 else ''}" if number else ""

    @property
    def when(self):
        """ "which starts tomorrow", "on 12–13 January 2027", "in 2013"."""
        at = self.workshop
        if not at.starts_on:
            return ""
        if at.precision != Precision.DAY:
            return f"in {show(at.starts_on, at.precision)}"
        first, last = at.starts_on, at.ends_on or at.starts_on
        if self.facts.time == "before" and self.facts.days_to in {0, 1}:
            return f"which starts {'today' if self.facts.days_to == 0 else 'tomorrow'} ({show_range(first, last)})"
        if first == last:
            return f"on {show(first)}"
        begins = show(first)
        if first.year == last.year:
            begins = str(first.day) if first.month == last.month else date_format(first, "MONTH_DAY_FORMAT")
        return f"from {begins} to {show(last)}"

    @property
    def where(self):
        place = self.of(self.workshop, "place")
        return f" in {place}" if place else ""

    def lead(self):
        verb = {"before": "meet", "during": "are meeting", "after": "met"}[self.facts.time]
        when = f" {self.when}" if self.when and not self.when.startswith("which") else f", {self.when}" if self.when else ""
        return f"{self.officials[0].upper()}{self.officials[1:]}{self.from_where} {verb}{self.where} for a {self.length}{when}."

    def opening(self):
        verb = {"before": "will host", "during": "is hosting", "after": "hosted"}[self.facts.time]
        if self.facts.time == "before" and self.facts.days_to is not None and self.facts.days_to <= 7:
            verb = "is hosting"
        comma = "," if self.when.startswith("which") else ""
        venue = self.of(self.workshop, "venue")
        at = f" at {venue}" if venue and self.facts.time == "before" else ""
        return f"IOM Mongolia {verb} a {self.length}{self.where}{at} for {self.officials}{self.from_where}{comma}{' ' if self.when else ''}{self.when}: “{self.own_title}”."

    def who(self):
        if not self.facts.institutions:
            return ""
        verb = {"before": "will be", "during": "is", "after": "was"}[self.facts.time]
        who = "officials" if self.facts.are_all_of_the_state else "representatives"
        return f"It {verb} attended by {who} of {_institutions([self.of(one) for one in self.facts.institutions])}."

    def result(self):
        said = []
        if self.facts.women is not None and self.facts.officials:
            said.append(f"Of the {self.facts.officials} who took part, {self.facts.women} were women.")
        if self.facts.certificates:
            said.append(f"{self.facts.certificates} received a certificate.")
        return " ".join(said)

    def paid(self):
        at = self.workshop
        if not at.funder and not at.project:
            return ""
        verb = "was" if self.facts.time == "after" else "is"
        project = f" the project “{self.of(at.project)}”" if at.project and self.of(at.project) else ""
        if not at.funder:
            return f"The {self.kind} {verb} part of{project}."
        part = f", as part of{project}" if project else ""
        return f"The {self.kind} {verb} funded by {_with_article(self.of(at.funder))}{part}."

    def context(self):
        area = next((area for area in self.facts.areas if area.summary_en), None)
        return f"It belongs to the office’s work on {area.name_en[0].lower()}{area.name_en[1:]}. {area.summary_en}" if area else ""


class _Mongolian(_Words):
    LANGUAGE = "mn"
    PLACE, QUOTE, SPEAKER, ROLE, PURPOSE, TITLE = "газар", "ишлэл", "хэлсэн хүний нэр", "албан тушаал", "зорилго", "гарчиг"

    def title(self):
        place = self.workshop.place_mn
        return f"{place}: {self.own_title}" if place else self.own_title

    @property
    def length(self):
        days = self.workshop.days
        return f"{self.number(days)} өдрийн {self.kind}" if days else self.kind

    @property
    def officials(self):
        if not self.facts.are_all_of_the_state:
            return f"{self.facts.officials} төлөөлөгч" if self.facts.officials else "төлөөлөгчид"
        return f"төрийн {self.facts.officials} албан хаагч" if self.facts.officials else "төрийн албан хаагчид"

    @property
    def for_officials(self):
        if not self.facts.are_all_of_the_state:
            return f"{self.facts.officials} төлөөлөгчид" if self.facts.officials else "төлөөлөгчдөд"
        return f"төрийн {self.facts.officials} албан хаагчид" if self.facts.officials else "төрийн албан хаагчдад"

    @property
    def from_where(self):
        number = len(self.facts.institutions)
        return f"{self.number(number)} байгууллагын " if number else ""

    @property
    def when(self):
        at = self.workshop
        if not at.starts_on:
            return ""
        if at.precision == Precision.YEAR:
            return f"{at.starts_on.year} онд"
        if at.precision == Precision.MONTH:
            return f"{at.starts_on.year} оны {at.starts_on.month} дугаар сард"
        first, last = at.starts_on, at.ends_on or at.starts_on
        soon = {0: "өнөөдөр, ", 1: "маргааш, "}.get(self.facts.days_to, "") if self.facts.time == "before" else ""
        # The ending agrees with the number as it is said.
        ending = "ний" if last.day % 10 in {1, 4, 9} else "ны"
        return f"{soon}{show_range(first, last)}-{ending} {'өдөр' if first == last else 'өдрүүдэд'}"

    @property
    def where(self):
        return _located(self.workshop.place_mn)

    def lead(self):
        verb = {"before": "оролцоно", "during": "оролцож байна", "after": "оролцлоо"}[self.facts.time]
        text = f"{self.when} {self.where} болох" if self.facts.time == "before" else f"{self.when} {self.where} болсон" if self.facts.time == "after" else f"{self.where} болж буй"
        who = f"{self.from_where}{self.officials}"
        return _sentence(f"{text} {_in_it(self.length)} {who} {verb}.")

    def opening(self):
        verb = {"before": "зохион байгуулна", "during": "зохион байгуулж байна", "after": "зохион байгууллаа"}[self.facts.time]
        return _sentence(
            f"ОУШХБ-ын Монгол дахь төлөөлөгчийн газар {self.when} {self.where} {self.from_where}{self.for_officials} зориулсан "
            f"{self.length} {verb}: «{self.own_title}»."
        )

    def who(self):
        if not self.facts.institutions:
            return ""
        verb = {"before": "оролцоно", "during": "оролцож байна", "after": "оролцлоо"}[self.facts.time]
        listed = _listed([self.of(one) for one in self.facts.institutions], "болон")
        return f"Дараах байгууллагын төлөөлөл {verb}: {listed}."

    def result(self):
        said = []
        if self.facts.women is not None and self.facts.officials:
            said.append(f"Оролцсон {self.facts.officials} хүний {self.facts.women} нь эмэгтэй.")
        if self.facts.certificates:
            said.append(f"{self.facts.certificates} хүн гэрчилгээ авлаа.")
        return " ".join(said)

    def paid(self):
        at = self.workshop
        if not at.funder and not at.project:
            return ""
        said = []
        if at.funder:
            said.append(f"Санхүүжүүлэгч: {self.of(at.funder)}.")
        if at.project and self.of(at.project):
            said.append(f"Төсөл: «{self.of(at.project)}».")
        return " ".join(said)

    def context(self):
        area = next((area for area in self.facts.areas if area.summary_mn), None)
        return f"Энэ нь төлөөлөгчийн газрын дараах чиглэлд хамаарна: {area.name_mn}. {area.summary_mn}" if area else ""


def _listed(words, last):
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def _institutions(names):
    """ "the Immigration Agency and the Ministries of Labour; Justice; and Finance": ministries are named together, with
    semicolons where one has an "and" of its own."""
    ministries = [name.removeprefix(MINISTRY) for name in names if name.startswith(MINISTRY)]
    if len(ministries) < 2:
        return _listed([_with_article(name) for name in names], "and")
    others = [_with_article(name) for name in names if not name.startswith(MINISTRY)]
    if any(" and " in name for name in ministries):
        together = f"the Ministries of {'; '.join(ministries[:-1])}; and {ministries[-1]}"
    else:
        together = f"the Ministries of {_listed(ministries, 'and')}"
    return _listed([*others, together], "and")


def _with_article(name):
    """ "the IOM Development Fund": English wants it before a body whose name is a common noun."""
    return name if name.lower().startswith("the ") else f"the {name}"


def _located(place):
    """A place in the locative: "Улаанбаатарт", "Дарханд", "Ховдод"; several words are left with a word that takes it."""
    if not place:
        return ""
    last = place[-1].lower()
    back = any(letter in "аоуяёАОУЯЁ" for letter in place)
    vowel = ("о" if "о" in place.lower() and "а" not in place.lower() else "а") if back else ("ө" if "ө" in place.lower() else "э")
    if last in "рсгв":
        return f"{place}т"
    if last in "аоуэөүиеёюяйлмнь":
        return f"{place}д"
    return f"{place}{vowel}д"


def _in_it(event):
    """An event in the locative: "сургалтад", "семинарт", "хуралд"."""
    return event + {"т": "ад", "р": "т", "л": "д"}.get(event[-1], "д")


def _sentence(text):
    text = " ".join(text.split())
    return text[0].upper() + text[1:]


# Before it is published -------------------------------------------------------------------------------------------


def missing(facts):
    """What a draft would have to leave open, for the page that offers it: sentences; [] where nothing is missing."""
    workshop, found = facts.workshop, []
    for language, name in (("en", _("English")), ("mn", _("Mongolian"))):
        if not getattr(workshop, f"title_{language}"):
            found.append(_("The workshop has no title in this language: %(language)s.") % {"language": name})
        if not getattr(workshop, f"description_{language}") and not getattr(workshop, f"summary_{language}"):
            found.append(_("The workshop’s summary and text are empty in this language, so you must say what it is for: %(language)s.") % {"language": name})
    if facts.officials is None:
        found.append(_("The number of officials is not known."))
    if not facts.contacts:
        found.append(_("No press contact is active today: the office's own address is shown."))
    return found
