"""What a second pair of eyes would find in an item before it goes out: in the words of each language, and around them.

The rules read a Sheet: an item as its rows hold it, as a version waits with it, or as somebody has typed it just now.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.changes import label_of
from core.pages import LANGUAGE_NAMES, LANGUAGES
from core.richtext import RichTextField
from office import languages, links
from office.models import NewsItem, NewsPicture, Picture, Quote, Resource, WorkArea
from office.publishing import placeholders
from office.redirects import tidy

# A press release that reads well; the column holds more.
LONGEST_LEAD = 300
# In words: from here on a reader begins a sentence anew. Mongolian says the same in fewer words.
LONGEST_SENTENCE = {"en": 45, "mn": 35}


class Level(models.TextChoices):
    BLOCKS = "blocks", gettext_lazy("stops publication")
    WARNS = "warns", gettext_lazy("worth a look")


# Spellings that are out of use (a pattern, in any case) → how each language writes it today. What others said is left alone.
CAPITAL = {"en": "Ulaanbaatar", "mn": "Улаанбаатар"}
SPELLINGS = [
    (r"ulan[ -]?bator", CAPITAL),
    (r"ulaan[ -]baatar", CAPITAL),
    (r"ulaanbatar|ulanbaatar|ulaanbaator|ulaan[ -]?bator|ulan[ -]baatar", CAPITAL),
    (r"улан[ -]?батор\w*", CAPITAL),
    (r"улаан[ -]баатар\w*", CAPITAL),
    (r"outer mongolia", {"en": "Mongolia", "mn": "Монгол Улс"}),
]
# What a link must not be called: read by itself it says nothing of where it leads.
SAYS_NOTHING = {
    "en": {"click here", "here", "click", "this link", "link", "this page", "read more", "more", "learn more"},
    "mn": {"энд дарна уу", "энд", "энд дар", "дарна уу", "энэ холбоос", "холбоос", "линк", "дэлгэрэнгүй", "цааш унших"},
}


@dataclass(frozen=True)
class Finding:
    """One thing found. `field` is the form's field that holds it, `language` is "" for what is of no language."""

    level: Level
    code: str
    language: str
    field: str
    sentence: str
    excerpt: str = ""
    label: str = ""

    @property
    def blocks(self):
        return self.level == Level.BLOCKS

    @property
    def anchor(self):
        """Where it is on the change page: a field, or the rows of a part."""
        return f"{self.field}-group" if self.field in {"newscontact_set", "pictures"} else f"id_{self.field}"


@dataclass
class Shown:
    """A picture of an item: what it shows in words, and why the public does not see it (empty: it does)."""

    alt: dict
    why_not: str = ""


@dataclass
class Sheet:
    """An item to be read. `values` has its words by column; `contacts` and `targets` are None where there are none to have."""

    model: type
    values: dict
    kind: str = ""
    page: str = ""
    quotes: list = field(default_factory=list)
    contacts: int | None = None
    targets: int | None = None
    pictures: list = field(default_factory=list)
    lags: bool = False
    # Language → links of its text that lead nowhere, filled in for many sheets at once.
    dead: dict = field(default_factory=dict)

    def word(self, name, code):
        return self.values.get(f"{name}_{code}") or ""

    def exists_in(self, code):
        return bool(self.word(self.called_by, code).strip())

    @property
    def called_by(self):
        return languages.called_by(self.model)

    @property
    def rich(self):
        return [name for name in self.model.WORDS if isinstance(self.model._meta.get_field(f"{name}_en"), RichTextField)]

    def label(self, name, code):
        return label_of(self.model._meta.get_field(f"{name}_{code}"))


# Reading HTML ---------------------------------------------------------------------------------------------------


class Read(HTMLParser):
    """The parts of a rich text: its headings, its links with their words, and its paragraphs, quoted or not."""

    BLOCKS = {"p", "li", "h2", "h3", "h4", "td", "th", "blockquote", "ul", "ol", "table", "tr"}

    def __init__(self, html):
        super().__init__()
        self.headings, self.links, self.paragraphs = [], [], []
        self._text, self._level, self._quoted, self._link = "", 0, 0, None
        self.feed(html or "")
        self.close()
        self._end()

    def handle_starttag(self, tag, attrs):
        if tag in self.BLOCKS:
            self._end()
        if tag == "blockquote":
            self._quoted += 1
        elif tag in {"h2", "h3", "h4"}:
            self._level = int(tag[1])
        elif tag == "a":
            self._link = [(dict(attrs).get("href") or "").strip(), ""]
        elif tag == "br":
            self._text += " "

    def handle_endtag(self, tag):
        if tag in self.BLOCKS:
            self._end()
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
        elif tag == "a" and self._link:
            self.links.append((self._link[0], " ".join(self._link[1].split())))
            self._link = None

    def handle_data(self, data):
        self._text += data
        if self._link:
            self._link[1] += data

    def _end(self):
        text, level = " ".join(self._text.split()), self._level
        self._text, self._level = "", 0
        if text and level:
            self.headings.append((level, text))
        if text:
            self.paragraphs.append((text, bool(self._quoted)))


def _around(text, start, end, letters=40):
    """A piece of a text with some of what stands around it, cut at words."""
    before, after = text[max(0, start - letters) : start], text[end : end + letters]
    if start > letters:
        before = "… " + before.partition(" ")[2]
    if end + letters < len(text):
        after = after.rpartition(" ")[0] + " …"
    return f"{before}{text[start:end]}{after}"


def _texts(sheet, code):
    """(column, paragraph, whether others said it) of all words of a language."""
    for name in sheet.model.WORDS:
        if name in sheet.rich:
            yield from ((f"{name}_{code}", text, quoted) for text, quoted in Read(sheet.word(name, code)).paragraphs)
        elif text := sheet.word(name, code).strip():
            yield f"{name}_{code}", text, False
    for prefix, words in sheet.quotes:
        for name in Quote.WORDS:
            if text := (words.get(f"{name}_{code}") or "").strip():
                yield f"{prefix}-{name}_{code}", text, name == "text"


# Rules --------------------------------------------------------------------------------------------------------
# Each gets a sheet and a language in which the item exists, and gives (code, level, field, sentence, excerpt).


def no_text(sheet, code):
    other = next(each for each in LANGUAGES if each != code)
    for name in sheet.rich or ["summary"]:
        if sheet.word(name, other).strip() and not sheet.word(name, code).strip():
            yield Level.WARNS, f"{name}_{code}", _("The text exists in the other language only."), ""


def lags(sheet, code):
    if code == "mn" and sheet.lags:
        yield Level.WARNS, f"{sheet.called_by}_mn", _("The Mongolian is older than the English: change it too, or say that it is up to date."), ""


def lead_too_long(sheet, code):
    text = sheet.word("lead", code).strip()
    if len(text) > LONGEST_LEAD:
        sentence = _("The lead has %(number)d letters: at most %(most)d read well.") % {"number": len(text), "most": LONGEST_LEAD}
        yield Level.WARNS, f"lead_{code}", sentence, ""


def heading_order(sheet, code):
    for name in sheet.rich:
        last = 1
        for level, text in Read(sheet.word(name, code)).headings:
            if level > last + 1:
                sentence = _("A heading of level %(level)d stands where one of level %(right)d belongs: levels are not left out.")
                yield Level.WARNS, f"{name}_{code}", sentence % {"level": level, "right": last + 1}, text
            last = level


def link_text(sheet, code):
    for name in sheet.rich:
        for href, text in Read(sheet.word(name, code)).links:
            if text.casefold().strip(" .,:;!>»→") in SAYS_NOTHING["en"] | SAYS_NOTHING["mn"]:
                yield Level.WARNS, f"{name}_{code}", _("The words of a link say where it leads; these say nothing when they are read alone."), text
            elif re.match(r"(?:https?://|www\.)", text, re.IGNORECASE):
                yield Level.WARNS, f"{name}_{code}", _("A link is called by what it leads to, not by its address."), text
            elif not text and href:
                yield Level.WARNS, f"{name}_{code}", _("A link has no words: nobody can see or follow it."), href


def dead_link(sheet, code):
    for href in sheet.dead.get(code, []):
        yield Level.BLOCKS, f"{(sheet.rich or ['body'])[0]}_{code}", _("A link leads to nothing that the public can see here. Mend it or take it out."), href


QUOTED = re.compile(r"“[^”]*”|«[^»]*»|„[^“”]*[“”]|\"[^\"]*\"")
BRACKETS = re.compile(r"\([^()]*\)")


def old_spelling(sheet, code):
    """A spelling that the text itself calls another's, in quotation marks or in brackets behind the right one, stays."""
    for column, text, quoted in _texts(sheet, code):
        if quoted:
            continue
        said = [match.span() for match in QUOTED.finditer(text)]
        for pattern, right in SPELLINGS:
            for match in re.finditer(rf"\b(?:{pattern})\b", text, re.IGNORECASE):
                told = [span for span in (each.span() for each in BRACKETS.finditer(text)) if _names(text[: span[0]], right)]
                if any(start <= match.start() and match.end() <= end for start, end in said + told):
                    continue
                sentence = _("“%(old)s” is an old spelling: write “%(right)s”.") % {"old": match.group(), "right": right[code]}
                yield Level.WARNS, column, sentence, _around(text, *match.span())


def _names(before, right):
    """Whether the right spelling stands shortly before, in either script."""
    return any(word.casefold() in before[-200:].casefold() for word in right.values())


def unfilled(sheet, code):
    for column, text, _quoted in _texts(sheet, code):
        for what in placeholders(text):
            yield Level.BLOCKS, column, _("This is still to be written."), what


CAPITALS = re.compile(r"\b[A-ZА-ЯЁӨҮ]{2,}(?:[\s,–-]+[A-ZА-ЯЁӨҮ]{2,}){2,}\b")


def capitals(sheet, code):
    for column, text, _quoted in _texts(sheet, code):
        letters = [each for each in text if each.isalpha()]
        if column.startswith(f"{sheet.called_by}_") and len(letters) >= 12 and text.isupper():
            yield Level.WARNS, column, _("Capitals throughout are hard to read: write it like a sentence."), text
            continue
        for match in CAPITALS.finditer(text):
            # Some short names in a row are none: "IOM, UNDP, WHO".
            if sum(len(word) >= 6 for word in match.group().split()) >= 2:
                yield Level.WARNS, column, _("Capitals throughout are hard to read: write it like a sentence."), _around(text, *match.span())


SENTENCE = re.compile(r"(?<=[.!?…])[”»\"']?\s+(?=[“«\"']?[A-ZА-ЯЁӨҮ])")


def long_sentence(sheet, code):
    for column, text, _quoted in _texts(sheet, code):
        for sentence in SENTENCE.split(text):
            number = len(sentence.split())
            if number > LONGEST_SENTENCE[code]:
                words = ngettext("A sentence of %(number)d word: make two of it.", "A sentence of %(number)d words: make two of it.", number)
                yield Level.WARNS, column, words % {"number": number}, " ".join(sentence.split()[:12]) + " …"


def no_alt(sheet, code):
    for picture in sheet.pictures:
        if not (picture.alt.get(code) or "").strip():
            yield Level.WARNS, "pictures", _("A picture is not described in words: who cannot see it learns nothing of it."), ""


# Of the whole item.


def no_language(sheet, code):
    if not sheet.exists_in(code):
        sentence = {"en": _("It does not exist in English."), "mn": _("It does not exist in Mongolian.")}[code]
        yield Level.WARNS, f"{sheet.called_by}_{code}", sentence, ""


def no_contact(sheet):
    if sheet.kind == NewsItem.Kind.PRESS_RELEASE and sheet.contacts == 0:
        yield Level.WARNS, "newscontact_set", _("A press release names whom the press may ask: add a contact."), ""


def no_targets(sheet):
    if sheet.targets == 0:
        yield Level.WARNS, "targets", _("No target of the 2030 Agenda is named: it is missing on the pages of the goals."), ""


def no_consent(sheet):
    for picture in sheet.pictures:
        if picture.why_not:
            yield Level.WARNS, "pictures", str(picture.why_not), ""


IN_A_LANGUAGE: list[Callable] = [
    no_text, lags, unfilled, dead_link, lead_too_long, heading_order, link_text, old_spelling, capitals, long_sentence, no_alt,
]  # fmt: skip
OF_THE_WHOLE: list[Callable] = [no_contact, no_targets, no_consent]


def read(sheet):
    """[Finding] of a sheet whose dead links are known: what stops publication first, then in the order of the rules."""
    found = []
    for code in LANGUAGES:
        rules = IN_A_LANGUAGE if sheet.exists_in(code) else [no_language]
        for rule in rules:
            name = rule.__name__ if rule is not no_language else {"en": "no_english", "mn": "no_mongolian"}[code]
            found += [Finding(level, name, code, column, sentence, excerpt, _label(sheet, column)) for level, column, sentence, excerpt in rule(sheet, code)]
    for rule in OF_THE_WHOLE:
        found += [Finding(level, rule.__name__, "", column, sentence, excerpt, _label(sheet, column)) for level, column, sentence, excerpt in rule(sheet)]
    return sorted(dict.fromkeys(found), key=lambda finding: not finding.blocks)


PLACES = {
    "pictures": gettext_lazy("Pictures"),
    "newscontact_set": gettext_lazy("Press contacts"),
    "targets": gettext_lazy("Targets"),
}


def _label(sheet, column):
    if column in PLACES:
        return str(PLACES[column])
    prefix, _line, name = column.rpartition("-")
    if prefix:
        return f"{capfirst(Quote._meta.verbose_name)} {int(prefix.rpartition('-')[2]) + 1}: {label_of(Quote._meta.get_field(name))}"
    return label_of(sheet.model._meta.get_field(name))


# Sheets -------------------------------------------------------------------------------------------------------


def findings(item, language=None):
    """[Finding] of an item as its rows stand; with a language, those of that language and those of none."""
    found = findings_of([item])[item.pk]
    return [finding for finding in found if language is None or finding.language in {language, ""}]


def findings_of(items):
    """{key: [Finding]} of items of one model; as many queries for many as for one."""
    return {pk: read(sheet) for pk, sheet in find_dead(sheets_of(items)).items()}


def sheets_of(items):
    """{key: Sheet} of items of one model as their rows stand."""
    if not items:
        return {}
    model, keys = type(items[0]), [item.pk for item in items]
    behind = set(languages.with_lag(model._base_manager.filter(pk__in=keys)).filter(lags=True).values_list("pk", flat=True))
    sheets = {}
    for item in items:
        values = {f"{name}_{code}": getattr(item, f"{name}_{code}") for name in model.WORDS for code in LANGUAGES}
        sheets[item.pk] = Sheet(model, values, kind=getattr(item, "kind", ""), page=item.get_absolute_url(), lags=item.pk in behind)
    _add_ties(model, sheets)
    return sheets


def _add_ties(model, sheets):
    if model in (NewsItem, WorkArea):
        _count(model.targets.through, model, "targets", sheets)
    if model is NewsItem:
        _count(NewsItem.press_contacts.through, model, "contacts", sheets)
        for quote in Quote.objects.filter(item__in=sheets):
            quotes = sheets[quote.item_id].quotes
            quotes.append((f"quotes-{len(quotes)}", {f"{name}_{code}": getattr(quote, f"{name}_{code}") for name in Quote.WORDS for code in LANGUAGES}))
    for key, picture in pictures_of(model, list(sheets)):
        sheets[key].pictures.append(picture)


def _count(through, model, name, sheets):
    key = next(each.attname for each in through._meta.concrete_fields if each.related_model is model)
    for sheet in sheets.values():
        setattr(sheet, name, 0)
    for row in through._base_manager.filter(**{f"{key}__in": list(sheets)}).values(key).annotate(number=models.Count("pk")).order_by():
        setattr(sheets[row[key]], name, row["number"])


def pictures_of(model, keys):
    """(key, Shown) of the pictures of items. An infographic is a picture that is described at length."""
    if model is NewsItem:
        for row in NewsPicture.objects.filter(item__in=keys).select_related("picture"):
            yield row.item_id, _shown(row.picture)
    elif model is Resource:
        rows = Resource.objects.filter(pk__in=keys, kind=Resource.Kind.INFOGRAPHIC, files__width__isnull=False).distinct()
        for row in rows:
            yield row.pk, Shown({code: getattr(row, f"description_{code}") for code in LANGUAGES})


def _shown(picture):
    return Shown({code: getattr(picture, f"alt_{code}") for code in LANGUAGES}, str(picture.why_not_shown))


def _chosen(keys):
    """[Shown] of pictures that a version or a form names; what is none is passed over."""
    known = Picture.objects.in_bulk([int(key) for key in keys if str(key).isdecimal() and len(str(key)) < 10])
    return [_shown(picture) for picture in known.values()]


def find_dead(sheets):
    """Fills in which links of the sheets lead nowhere; one look for all. A link to the item's own page will lead there."""
    texts = [(sheet, code, "".join(sheet.word(name, code) for name in sheet.rich)) for sheet in sheets.values() for code in LANGUAGES]
    for (sheet, code, _html), dead in zip(texts, links.dead_in([html for _sheet, _code, html in texts]), strict=True):
        sheet.dead[code] = [href for href in dead if not _is_own(sheet, href)]
    return sheets


def _is_own(sheet, href):
    place = links.inside(href)
    return bool(sheet.page and place) and tidy(place.path) == tidy(sheet.page)


def findings_of_newest(item, waiting=None):
    """[Finding] of an item's newest text: of the version that waits to be published, where there is one, else of its rows."""
    if waiting is None:
        return findings(item)
    before, sheet = sheets_of([item])[item.pk], sheet_of_version(waiting, type(item))
    sheet.page = before.page
    # What a version from before there were pictures does not say, the rows say.
    named = waiting.data["parts"].get("newspicture")
    sheet.pictures = before.pictures if named is None else _chosen(row["picture_id"] for row in named)
    said = languages.digest_of(type(item), waiting.data["fields"], waiting.data["parts"].get("quote", []))
    sheet.lags = _will_lag(before, sheet) and not languages.is_said(item, said)
    return read(find_dead({0: sheet})[0])


def sheet_of_version(version, model):
    """A Sheet of the text that waits in a version."""
    data = version.data
    sheet = Sheet(model, dict(data["fields"]), kind=data["fields"].get("kind", ""))
    if model is NewsItem:
        sheet.contacts = len(data["parts"].get("newscontact", []))
        sheet.targets = len(data["many"].get("targets", []))
        rows = sorted(data["parts"].get("quote", []), key=lambda row: (row["order"], row["pk"]))
        sheet.quotes = [(f"quotes-{number}", row) for number, row in enumerate(rows)]
    return sheet


def sheet_of_form(model, posted, item=None):
    """A Sheet of what stands in a form of the admin just now; nothing of it need be right, and nothing is stored."""
    rich = {name for name in model.WORDS if isinstance(model._meta.get_field(f"{name}_en"), RichTextField)}
    values = {}
    for name in model.WORDS:
        for code in LANGUAGES:
            typed = posted.get(f"{name}_{code}", "")
            values[f"{name}_{code}"] = model._meta.get_field(f"{name}_{code}").sanitize(typed) if name in rich and typed else typed
    sheet = Sheet(model, values, kind=posted.get("kind", getattr(item, "kind", "")))
    if model in (NewsItem, WorkArea):
        sheet.targets = len(posted.getlist("targets"))
    if model is NewsItem:
        sheet.contacts = sum(bool(row.get("contact")) for _prefix, row in _rows(posted, "newscontact_set"))
        sheet.quotes = list(_rows(posted, "quotes"))
    if item is not None:
        before = sheets_of([item])[item.pk]
        sheet.page, sheet.pictures = before.page, before.pictures
        sheet.lags = _will_lag(before, sheet)
    if model is NewsItem and "pictures-TOTAL_FORMS" in posted:
        sheet.pictures = _chosen(row.get("picture", "") for _prefix, row in _rows(posted, "pictures"))
    return sheet


def _rows(posted, prefix):
    """(prefix, {name: value}) of the rows of a formset that are not about to be deleted."""
    total = posted.get(f"{prefix}-TOTAL_FORMS", "")
    for number in range(min(int(total), 200) if total.isdecimal() else 0):
        start = f"{prefix}-{number}"
        row = {name.removeprefix(f"{start}-"): value for name, value in posted.items() if name.startswith(f"{start}-")}
        if row and not row.get("DELETE"):
            yield start, row


def _will_lag(before, typed):
    """Whether the Mongolian is behind once this is saved: whoever changes the English alone leaves it behind."""
    changed = {code: _all_words(before, code) != _all_words(typed, code) for code in LANGUAGES}
    if changed["mn"]:
        return False
    return changed["en"] and typed.exists_in("en") and typed.exists_in("mn") or before.lags


def _all_words(sheet, code):
    """Line ends are the browser's."""
    own = [sheet.word(name, code) for name in sheet.model.WORDS]
    quotes = [words.get(f"{name}_{code}") or "" for _prefix, words in sheet.quotes for name in Quote.WORDS]
    return [text.replace("\r\n", "\n").strip() for text in own + quotes]

