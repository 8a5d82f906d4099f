"""Links in texts: which addresses a text leads to, which of them lead nowhere on this site, and who links to a page."""

from dataclasses import dataclass
from functools import reduce
from html.parser import HTMLParser
from operator import or_
from urllib.parse import unquote, urlsplit

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import Resolver404, resolve
from django.utils.translation import get_language_from_path, gettext, override
from django.utils.translation import gettext_lazy as _

from core.pages import LANGUAGES
from core.richtext import RichTextField
from core.uses import FINDERS, Use
from office.models import Goal, Indicator, LinkCheck, NewsItem, Opportunity, Redirect, Resource, ResourceFile, WorkArea
from office.redirects import tidy

# Addresses that lead somewhere, but not everybody: a text for the public must not link to them.
NOT_FOR_THE_PUBLIC = ("admin:", "staff:", "account_", "mfa_", "preview:", "nominate:", "answer:", "links:", "badges:", "healthz", "readyz", "styleguide")
# Name of a view with arguments → function (language or None, arguments of several addresses) → those arguments behind which
# something public stands. Layers above add theirs; an address of another view leads somewhere if it can be resolved.
ROWS = {}
LONGEST_WAY = 10


@dataclass(frozen=True)
class Inside:
    """An address of this site: its language (None: the visitor's), and its path without it."""

    language: str | None
    path: str


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        if tag == "a" and (href := (dict(attrs).get("href") or "").strip()):
            self.found.append(href)


def links_of(html):
    """Where the links of a text lead, each once, in the order of the text."""
    reader = _Reader()
    reader.feed(html or "")
    reader.close()
    return list(dict.fromkeys(reader.found))


def inside(href):
    """The Inside of a link that stays on this site, "" of one that can lead nowhere, None of one that leads elsewhere."""
    try:
        parts = urlsplit(href)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in {"", "http", "https"} or host and host not in own_hosts():
        return None
    path = unquote(parts.path)
    if not host and not path.startswith("/"):
        # "www.iom.int" without https:// is a page beside this one, which there is not.
        return ""
    if not path.isprintable():
        return ""
    path = path or "/"
    language = get_language_from_path(path)
    return Inside(language, path.removeprefix(f"/{language}") or "/" if language else path)


def own_hosts():
    return {urlsplit(settings.PORTAL_ADDRESS).hostname, *(host.lstrip(".") for host in settings.ALLOWED_HOSTS if host != "*")}


# Dead links ---------------------------------------------------------------------------------------------------


def dead_internal_links(html):
    """The links of a text that stay on this site and lead to nothing that the public can see, in the order of the text.

    What an old address leads on to counts, and what exists in the other language only does too: a page says so there.
    """
    return dead_in([html])[0]


def dead_in(texts):
    """For each of several texts its dead links; as many queries as for one."""
    found = [links_of(html) for html in texts]
    places = {href: inside(href) for hrefs in found for href in hrefs}
    alive = _alive({place for place in places.values() if place})
    return [[href for href in hrefs if places[href] is not None and places[href] not in alive] for hrefs in found]


def refuse_dead(html, *, page=""):
    """Refuses ("dead_link") to publish a text with dead links, and names them. `page` is its own path, which may be about to appear."""
    dead = [href for href in dead_internal_links(html) if not (page and (place := inside(href)) and tidy(place.path) == tidy(page))]
    if dead:
        raise ValidationError(
            _("A link in the text leads to nothing that the public can see. Mend it or take it out: %(links)s"),
            code="dead_link", params={"links": ", ".join(dead)},
        )  # fmt: skip


def _alive(places):
    """Those of several Inside that lead somewhere."""
    alive, ways = set(), {place: place for place in places}  # an address → where it has led to by now
    for _step in range(LONGEST_WAY):
        there = _public(set(ways.values()))
        alive |= {place for place, at in ways.items() if at in there}
        ways = {place: at for place, at in ways.items() if at not in there}
        on = _old_addresses(set(ways.values()))
        alive |= {place for place, at in ways.items() if on.get(at) == "elsewhere"}
        ways = {place: on[at] for place, at in ways.items() if on.get(at) not in {None, "elsewhere", at}}
        if not ways:
            break
    return alive


def _old_addresses(places):
    """{Inside: Inside or "elsewhere"} of those that are old addresses; the one with its language outweighs the one without."""
    if not places:
        return {}
    keys = {place: [f"/{place.language}{place.path}".rstrip("/"), tidy(place.path)] if place.language else [tidy(place.path)] for place in places}
    rows = Redirect.objects.in_bulk({key for each in keys.values() for key in each}, field_name="old_path")
    led = {}
    for place, each in keys.items():
        if row := next((rows[key] for key in each if key in rows), None):
            to = inside(row.new_path)
            led[place] = "elsewhere" if to is None else Inside(to.language or place.language, to.path) if to else None
    return {place: to for place, to in led.items() if to is not None}


def _public(places):
    """Those behind which something public stands: by the address, and by the row behind it. One query for each kind of row."""
    there, asked = set(), {}
    for place in places:
        if place.path.startswith(settings.STATIC_URL):
            there.add(place)
            continue
        match = _resolved(place)
        if match is None or match.view_name.startswith(NOT_FOR_THE_PUBLIC):
            continue
        if match.view_name in ROWS:
            asked.setdefault((match.view_name, place.language), []).append((place, match.kwargs))
        else:
            there.add(place)
    for (name, language), each in asked.items():
        public = ROWS[name](language, [arguments for _place, arguments in each])
        there |= {place for place, arguments in each if arguments in public}
    return there


def answers_itself(paths):
    """For each of several paths without language, whether a page of this site stands there in some language, whoever may see it."""
    places = {path: [Inside(code, path) for code in LANGUAGES] for path in paths}
    public = _public({place for each in places.values() for place in each})
    return [any(place in public or _is_closed(place) for place in places[path]) for path in paths]


def _is_closed(place):
    match = _resolved(place)
    return match is not None and match.view_name.startswith(NOT_FOR_THE_PUBLIC)


def _resolved(place):
    """What answers at an address, or None; with the slash at its end that Django would add."""
    language = place.language or LANGUAGES[0]
    with override(language):
        for path in (place.path, f"{place.path}/"):
            for whole in (f"/{language}{path}", path):
                try:
                    return resolve(whole)
                except Resolver404:
                    continue
    return None


def by_slug(queryset):
    """A rule for ROWS: `queryset` is a function of a language, or of None for any of them."""

    def public(language, wanted):
        slugs = set(queryset(language).filter(slug__in=[each["slug"] for each in wanted]).values_list("slug", flat=True))
        return [each for each in wanted if each["slug"] in slugs]

    return public


def in_some_language(queryset):
    """`queryset`, a function of a language, for any of them: a page that exists in one says so in the other."""
    return lambda _language=None: reduce(or_, [queryset(code) for code in LANGUAGES])


def in_its_language(queryset):
    """For what a language alone has; without one in the address any will do."""
    return lambda language: queryset(language) if language else in_some_language(queryset)()


def _goals(_language, wanted):
    there = set(Goal.objects.filter(pk__in=[each["number"] for each in wanted]).values_list("pk", flat=True))
    return [each for each in wanted if each["number"] in there]


def _files(_language, wanted):
    rows = ResourceFile.objects.filter(pk__in=[each["pk"] for each in wanted], resource__in=in_some_language(Resource.objects.public)()).exclude(file="")
    there = set(rows.values_list("resource__slug", "pk"))
    return [each for each in wanted if (each["slug"], each["pk"]) in there]


for _name in ("news:detail", "api:news_item"):
    ROWS[_name] = by_slug(in_some_language(NewsItem.objects.published))
for _name in ("news:text", "news:picture", "news:pictures"):
    ROWS[_name] = by_slug(in_its_language(NewsItem.objects.published))
for _name in ("office:work_area", "api:area"):
    ROWS[_name] = by_slug(in_some_language(WorkArea.objects.public))
for _name in ("office:indicator", "api:indicator"):
    ROWS[_name] = by_slug(in_some_language(Indicator.objects.public))
ROWS["office:work_area_picture"] = by_slug(in_its_language(WorkArea.objects.public))
for _name in ("office:indicator_csv", "office:indicator_json", "office:indicator_picture"):
    ROWS[_name] = by_slug(in_its_language(Indicator.objects.public))
ROWS["office:resource"] = by_slug(in_some_language(Resource.objects.public))
for _name in ("office:resource_bibtex", "office:resource_ris"):
    ROWS[_name] = by_slug(in_its_language(Resource.objects.public))
ROWS["office:resource_file"] = _files
ROWS["office:goal"] = _goals
for _name in ("office:opportunity", "api:opportunity"):
    ROWS[_name] = by_slug(lambda _language: Opportunity.objects.readable())
# A picture has no page: it is chosen from the library, where its consent is kept, and not linked to.
ROWS["picture"] = lambda _language, _wanted: []
# Documents go when what they are for closes.
ROWS["office:opportunity_file"] = lambda _language, _wanted: []


# Who links to a page ------------------------------------------------------------------------------------------


def rich_texts():
    """(model, names of its fields with rich text) of every model that has some."""
    for model in apps.get_models():
        if names := [field.name for field in model._meta.concrete_fields if isinstance(field, RichTextField)]:
            yield model, names


def find_in_texts(records):
    """(key, Use) of every text that links to the page of a record, by its address of today or an older one."""
    pages = {path: record.pk for record in records if (path := _page_of(record))}
    if not pages:
        return
    old = {tidy(row.old_path): pages[tidy(row.new_path)] for row in Redirect.objects.filter(new_path__in=[*pages, *(f"{path}/" for path in pages)])}
    known = {**old, **pages}
    parts = hasattr(records[0], "slug")
    for model, names in rich_texts():
        mentions = reduce(or_, [Q(**{f"{name}__contains": path}) for name in names for path in known])
        for row in model._base_manager.filter(mentions).order_by("-pk"):
            for href in links_of("".join(getattr(row, name) or "" for name in names)):
                key = _leads_to(href, known, parts=parts)
                if key is not None and not (model is type(records[0]) and row.pk == key):
                    yield key, Use(row, gettext("Link in the text"))


def _page_of(record):
    if not hasattr(record, "get_absolute_url"):
        return None
    path = tidy(record.get_absolute_url())
    return None if path == "/" or path.startswith(("http://", "https://")) else path


def _leads_to(href, known, *, parts):
    """The key of the record whose page, or part of it, a link leads to; None where it is none of them."""
    place = inside(href)
    if not place:
        return None
    path = tidy(place.path)
    if path in known:
        return known[path]
    if parts:
        return next((key for page, key in known.items() if path.startswith((f"{page}/", f"{page}."))), None)
    return None


FINDERS.append(find_in_texts)


def broken():
    """Checked links that are called broken, those that stand on most pages first."""
    return LinkCheck.objects.broken()
