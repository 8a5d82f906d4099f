"""What a letter says: the values of its placeholders, made harmless, and a text with them filled in.

A value that somebody typed may hold anything. In a letter it is a piece of one line: it brings neither a line of its own,
nor a placeholder, nor what a mail program would turn into a link.
"""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateformat import format as format_day
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from core import names
from office.models import CountryOffice
from workshops.letter_kinds import PLACEHOLDER, deadline_of
from workshops.models import SeatAllocation, WorkshopDay

LONGEST_SUBJECT = 200

# Making values harmless ---------------------------------------------------------------------------------------

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*\s*:\s*//+", re.IGNORECASE)
_SCRIPTS = re.compile(r"\b(?:javascript|data|vbscript|mailto)\s*:", re.IGNORECASE)
# A dot within a word, as in www.example.mn; the dot of an initial gets its blank as well, which is how it is written.
_DOT_IN_A_WORD = re.compile(r"(?<=[^\W\d_])\.(?=[^\W_])|(?<=\w)\.(?=[^\W\d_])")
# What a browser takes for a dot in the name of a server.
_OTHER_DOTS = dict.fromkeys(map(ord, "\u3002\uff0e\uff61"), ".")
_UNSEEN = re.compile(r"[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def harmless(value):
    """A typed value as a piece of one line: no line break, no braces, no angle brackets, nothing that becomes a link."""
    text = " ".join(_UNSEEN.sub(" ", str(value or "")).split()).translate(_OTHER_DOTS)
    before = None
    while text != before:  # what is left when one is taken out may be one again: "http:/data:/"
        before, text = text, _SCRIPTS.sub("", _SCHEME.sub("", text))
    text = text.translate({ord("{"): "(", ord("}"): ")", ord("<"): "‹", ord(">"): "›"})
    text = text.replace("@", " (at) ") if "@" in text else text
    return " ".join(_DOT_IN_A_WORD.sub(". ", text).split())


def harmless_lines(value):
    """The same for a value of several lines, such as a list of changes."""
    return "\n".join(filter(None, (harmless(line) for line in re.split(r"[\r\n\u2028\u2029]+", str(value or "")))))


# Filling a text in --------------------------------------------------------------------------------------------


def fill(text, values):
    """A text with the values in it. A line in which a placeholder has nothing to say is left out, and so is a heading
    (a line that ends with a colon) of which nothing is left. `{link}` stays where values has "link": "{link}"."""
    lines = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        asked = PLACEHOLDER.findall(line)
        if all(values.get(name, "") for name in asked):
            lines.append(_put_in(line, values))
            continue
        while lines and not lines[-1].strip() and len(lines) > 1 and lines[-2].rstrip().endswith(":"):
            lines.pop()
        if lines and lines[-1].rstrip().endswith(":"):
            lines.pop()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def fill_subject(text, values):
    """A subject with the values in it, as one line; what has nothing to say leaves no gap."""
    line = _put_in(text, {**values, "link": ""})
    line = re.sub(r"\s+([:,.])", r"\1", " ".join(_UNSEEN.sub(" ", line).split()))
    line = re.sub(r"^[\s:,.–-]+|[\s:,–-]+$", "", line)
    line = re.sub(r"([:,])(?:\s*[:,])+", r"\1", line)
    line = line[:1].upper() + line[1:]
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1].rstrip() + "…"


def _put_in(text, values):
    return PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)


# The values ---------------------------------------------------------------------------------------------------


class Known:
    """What many letters of one workshop share, looked up once: the office, seats and days."""

    def __init__(self):
        self._office = None
        self._shares = {}
        self._begins = {}

    @property
    def office(self):
        if self._office is None:
            self._office = CountryOffice.objects.first() or CountryOffice()
        return self._office

    def share(self, workshop, organisation_id):
        if workshop.pk not in self._shares:
            self._shares[workshop.pk] = {row.organisation_id: row for row in SeatAllocation.objects.filter(workshop=workshop)}
        return self._shares[workshop.pk].get(organisation_id)

    def begins(self, workshop):
        """When the first day begins: its own hour, else that of the first item of its programme."""
        if workshop.pk not in self._begins:
            day = WorkshopDay.objects.filter(workshop=workshop).prefetch_related("items").first()
            hours = [item.starts_at for item in day.items.all() if not item.is_cancelled] if day else []
            self._begins[workshop.pk] = (day.starts_at or min(hours, default=None)) if day else None
        return self._begins[workshop.pk]


def values_of(kind, *, language, workshop=None, registration=None, request=None, person=None, certificate=None, context=None, is_shared=False, known=None):
    """{placeholder: text} for one recipient, in their language. `context` gives what only the act knows: a text, or a
    function or {"en": …, "mn": …} where it differs by language; "deadline" may be a moment. `is_shared`: several people
    read the mailbox."""
    known = known or Known()
    with override(language):
        values = dict.fromkeys(kind.placeholders, "")
        if workshop is not None:
            values |= _of_the_workshop(workshop, language, known)
        given, full = _names(registration, request, person, language)
        values["name"], values["full_name"] = harmless(given or full), harmless(full)
        values["greeting"] = _greeting(values["full_name"] if is_shared else values["name"], request, language)
        organisation = request.organisation if request else registration.organisation if registration else None
        values["institution"] = harmless(_in(organisation, "name", language)) if organisation else ""
        values["office"] = harmless(_in(known.office, "name", language)) or str(_("IOM Mongolia"))
        if request is not None and "seats" in kind.placeholders:
            values["seats"] = _seats(known.share(workshop, request.organisation_id))
        values |= _deadline(deadline_of(registration=registration, request=request, workshop=workshop), workshop, language)
        if certificate is not None:
            values["serial"] = certificate.serial
        if registration is not None and "deputy" in kind.placeholders:
            deputy = getattr(registration, "replaced_by", None)
            values["deputy"] = harmless(deputy.full_name) if deputy else ""
        for name, said in (context or {}).items():
            said = said.get(language) if isinstance(said, dict) else said() if callable(said) else said
            if isinstance(said, (datetime, date)) and name == "deadline":
                values |= _deadline(said, workshop, language)
            elif name == "changes":
                values[name] = harmless_lines(said)
            elif name not in {"link", "greeting"}:
                values[name] = harmless(said)
    return {**values, "link": ""}


def _of_the_workshop(workshop, language, known):
    begins = known.begins(workshop)
    return {
        "workshop": harmless(_in(workshop, "title", language)),
        "dates": str(workshop.dates),
        "place": harmless(_in(workshop, "place", language)),
        "venue": harmless(_in(workshop, "venue", language)),
        "begins": date_format(begins, "TIME_FORMAT") if begins else "",
        "signatory": _signatory(workshop, known.office, language),
        "contact": _contact(workshop, known.office, language),
        "programme": _programme(workshop, language),
    }


def _in(row, field, language):
    """A translated text in a language; where it is missing, the other's."""
    other = "mn" if language == "en" else "en"
    return getattr(row, f"{field}_{language}", "") or getattr(row, f"{field}_{other}", "")


def _names(registration, request, person, language):
    """(given name, name with the father's name) of the recipient, as of the event where it is an official."""
    row = registration or (request.focal_point if request and not request.focal_name else None) or person
    if row is not None:
        return (row.name_parts if registration else row._names())[0], row.full_name if registration else row.full_name_in(language)
    typed = request.focal_name if request else ""
    if language == "en":
        typed = names.romanise(typed)
    return (names.parse(typed).given if typed else "") or typed, typed


def _greeting(name, request, language):
    """Mongolians are greeted by the given name, with respect."""
    if name:
        return f"Эрхэм {name} танаа," if language == "mn" else f"Dear {name},"
    if language == "mn":
        return "Эрхэм хүндэт хамт олон," if request else "Эрхэм хүндэт албан хаагч танаа,"
    return "Dear colleagues," if request else "Dear colleague,"


def _contact(workshop, office, language):
    """Name, phone and e-mail of who answers questions; the office's own where the workshop names nobody."""
    from core.emails import check

    said = [harmless(workshop.contact_in(language)), harmless(workshop.contact_phone), check(workshop.contact_email).address]
    if not any(said[1:]):
        said += [harmless(getattr(office, "phone", "")), check(getattr(office, "email", "") or "").address]
    return ", ".join(filter(None, said))


def _signatory(workshop, office, language):
    """Who signs, without the office's name at the end: it stands in the line below."""
    return harmless(_in(workshop, "signatory", language)).removesuffix(f", {harmless(_in(office, 'name', language))}")


def _programme(workshop, language):
    from core.addresses import address_of

    if workshop.visibility == workshop.Visibility.INTERNAL or workshop.status == workshop.Status.DRAFT:
        return ""
    try:
        return address_of("workshops:detail", workshop.slug, language=language)
    except NoReverseMatch:
        return ""


def _seats(share):
    if share is None:
        return ""
    words = [_("%(number)d guaranteed") % {"number": share.guaranteed}] if share.guaranteed else []
    if share.maximum is not None and share.maximum != share.guaranteed:
        words.append(_("%(number)d at most") % {"number": share.maximum})
    if share.women_sought:
        words.append(_("%(number)d of them women, if possible") % {"number": share.women_sought})
    return ", ".join(words)


def _deadline(moment, workshop, language):
    """"deadline" with day and hour by the clock of the place, and "by_day" for the subject: nothing once it is over."""
    if moment is None:
        return {}
    if isinstance(moment, datetime):
        over = moment <= timezone.now()
        local = moment.astimezone(ZoneInfo(workshop.time_zone)) if workshop else timezone.localtime(moment)
        words = date_format(local, "DATETIME_FORMAT")
    else:
        local, over = moment, moment < timezone.localdate()
        words = date_format(local, "DATE_FORMAT")
    return {"deadline": words, "by_day": "" if over else by_day(local, language)}


def by_day(day, language):
    """"by 12 May", "5 сарын 12-ны дотор"."""
    if language == "mn":
        # The ending follows the vowels of the number's last word: нэгний, дөрөвний, есний, all others -ны.
        return f"{day.month} сарын {day.day}-{'ний' if day.day % 10 in {1, 4, 9} else 'ны'} дотор"
    return f"by {format_day(day, 'j F')}"


# A sample ------------------------------------------------------------------------------------------------------

_SAMPLE = {
    "en": {
        "greeting": "Dear Batbayar,", "name": "Batbayar", "full_name": "Boldyn Batbayar", "workshop": "Labour migration policy: a workshop for senior officials",
        "dates": "26–27 May 2027", "place": "Ulaanbaatar", "venue": "UN House, hall 2", "begins": "09:00", "institution": "Ministry of Labour and Social Protection",
        "seats": "5 guaranteed, 7 at most", "deadline": "12 May 2027, 18:00", "by_day": "by 12 May", "contact": "Ts. Enkhmaa, +976 7010 1234",
        "signatory": "G. Otgon, Chief of Mission", "office": "IOM Mongolia", "programme": "", "reason": "The house is being repaired.",
        "changes": "– 26 May, 11:00: Panel on recruitment, new room\n– 27 May, 14:00: Field visit, cancelled", "dates_before": "19–20 May 2027", "place_before": "Darkhan",
        "venue_before": "Town hall", "deputy": "D. Oyuun", "form": "Evaluation", "serial": "IOMMN-2027-0042",
    },
    "mn": {
        "greeting": "Эрхэм Батбаяр танаа,", "name": "Батбаяр", "full_name": "Болдын Батбаяр", "workshop": "Хөдөлмөрийн шилжилт хөдөлгөөний бодлого: удирдах албан хаагчдын сургалт",
        "dates": "2027 оны 5 сарын 26–27", "place": "Улаанбаатар", "venue": "НҮБ-ын байр, 2 дугаар танхим", "begins": "09:00", "institution": "Хөдөлмөр, нийгмийн хамгааллын яам",
        "seats": "баталгаатай 5, дээд тал нь 7", "deadline": "2027 оны 5 сарын 12, 18:00", "by_day": "5 сарын 12-ны дотор", "contact": "Ц. Энхмаа, +976 7010 1234",
        "signatory": "Г. Отгон, Төлөөлөгчийн газрын тэргүүн", "office": "ОУШХБ-ын Монгол дахь төлөөлөгчийн газар", "programme": "", "reason": "Байрыг засварлаж байна.",
        "changes": "– 5 сарын 26, 11:00: Зуучлалын хэлэлцүүлэг, шинэ танхим\n– 5 сарын 27, 14:00: Газар дээрх танилцалт, болохгүй болсон", "dates_before": "2027 оны 5 сарын 19–20",
        "place_before": "Дархан", "venue_before": "Хотын захиргааны байр", "deputy": "Д. Оюун", "form": "Үнэлгээ", "serial": "IOMMN-2027-0042",
    },
}  # fmt: skip


def sample_of(kind, language, *, workshop=None):
    """Values of an invented recipient, with what is known of a workshop where there is one."""
    values = {name: said for name, said in _SAMPLE[language].items() if name in kind.placeholders}
    if workshop is not None:
        with override(language):
            values |= {name: said for name, said in _of_the_workshop(workshop, language, Known()).items() if said}
    return {**values, "link": "{link}" if "link" in kind.placeholders else ""}
