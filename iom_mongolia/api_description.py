"""The OpenAPI file: what each answer of `api.py` holds. The tests hold every answer against it."""

from core.addresses import absolute
from core.pages import LANGUAGES
from office.models import ChangeNote, NewsItem, Opportunity
from workshops.models import Workshop

TEXT = {"type": "string"}
TEXT_OR_NONE = {"type": ["string", "null"]}
COUNT = {"type": "integer", "minimum": 0}
COUNT_OR_NONE = {"type": ["integer", "null"], "minimum": 0}
ADDRESS = {"type": "string", "format": "uri"}
ADDRESS_OR_NONE = {"type": ["string", "null"], "format": "uri"}
MOMENT = {"type": "string", "format": "date-time"}
SLUG = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}
LANGUAGE = {"type": "string", "enum": list(LANGUAGES)}
# No more exact than it is known.
DATE = {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$", "description": "A day, a month or a year: as far as it is known."}
DATE_OR_NONE = {**DATE, "type": ["string", "null"]}
HTML = {"type": "string", "description": "HTML: paragraphs, headings from the second level, lists, tables, quotations and links."}


def thing(**properties):
    """An object with exactly these properties."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def several(items):
    return {"type": "array", "items": items}


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def or_none(name):
    return {"oneOf": [ref(name), {"type": "null"}]}


def one_of(choices):
    return {"type": "string", "enum": list(choices.values)}


NEWS_ENTRY = {
    "slug": SLUG, "language": LANGUAGE, "kind": one_of(NewsItem.Kind), "title": TEXT, "lead": TEXT, "date": DATE,
    "published_at": MOMENT, "changed_on": DATE_OR_NONE, "areas": several(ref("Area")),
    "page": ADDRESS, "self": ADDRESS,
}  # fmt: skip
WORKSHOP_ENTRY = {
    "slug": SLUG, "language": LANGUAGE, "kind": one_of(Workshop.Kind), "status": one_of(Workshop.Status), "title": TEXT, "summary": TEXT,
    "starts": DATE_OR_NONE, "ends": DATE_OR_NONE, "place": TEXT, "venue": TEXT, "places": COUNT_OR_NONE, "funder": or_none("Institution"),
    "areas": several(ref("Area")), "page": ADDRESS, "calendar": ADDRESS, "self": ADDRESS,
}  # fmt: skip
AREA_ENTRY = {
    "slug": SLUG, "language": LANGUAGE, "name": TEXT, "summary": TEXT, "targets": several(TEXT), "objectives": several(COUNT),
    "page": ADDRESS, "self": ADDRESS,
}  # fmt: skip
INDICATOR_ENTRY = {
    "slug": SLUG, "language": LANGUAGE, "title": TEXT, "unit": TEXT, "source": TEXT, "source_url": ADDRESS_OR_NONE, "licence": TEXT_OR_NONE,
    "note": TEXT, "areas": several(ref("Area")), "page": ADDRESS, "self": ADDRESS,
}  # fmt: skip
OPPORTUNITY_ENTRY = {
    "slug": SLUG, "language": LANGUAGE, "kind": one_of(Opportunity.Kind), "title": TEXT, "summary": TEXT, "reference": TEXT_OR_NONE,
    "duty_station": TEXT, "terms": TEXT, "opens_at": MOMENT, "closes_at": MOMENT, "is_open": {"type": "boolean"},
    "apply_url": ADDRESS_OR_NONE, "apply_email": TEXT_OR_NONE, "page": ADDRESS, "self": ADDRESS,
}  # fmt: skip

SCHEMAS = {
    "Error": thing(error=TEXT),
    "Index": thing(news=ADDRESS, workshops=ADDRESS, areas=ADDRESS, indicators=ADDRESS, opportunities=ADDRESS, description=ADDRESS),
    "Area": thing(slug=SLUG, name=TEXT),
    "Institution": thing(slug=SLUG, name=TEXT),
    "Picture": thing(
        files=several(thing(address=ADDRESS, type=TEXT, width=COUNT, height=COUNT, bytes=COUNT)),
        alt=TEXT, caption=TEXT, credit=TEXT, terms=TEXT_OR_NONE, place=TEXT, taken=DATE_OR_NONE,
    ),
    "NewsEntry": thing(**NEWS_ENTRY),
    "NewsItem": thing(
        **NEWS_ENTRY,
        dateline=TEXT,
        body=HTML,
        quotes=several(thing(text=TEXT, speaker=TEXT, role=TEXT)),
        changes=several(thing(kind=one_of(ChangeNote.Kind), date=DATE, text=TEXT)),
        pictures=several(ref("Picture")),
        targets=several(TEXT),
        institutions=several(ref("Institution")),
        funder=or_none("Institution"),
        workshops=several(SLUG),
        source=ADDRESS_OR_NONE,
        languages=several(LANGUAGE),
    ),
    "WorkshopEntry": thing(**WORKSHOP_ENTRY),
    "Workshop": thing(
        **WORKSHOP_ENTRY, description=HTML, institutions=several(ref("Institution")), participants=COUNT_OR_NONE, news=several(SLUG)
    ),
    "AreaEntry": thing(**AREA_ENTRY),
    "AreaOfWork": thing(**AREA_ENTRY, body=HTML),
    "IndicatorEntry": thing(**INDICATOR_ENTRY),
    "Indicator": thing(
        **INDICATOR_ENTRY, values=several(thing(label=TEXT, part=TEXT, value={"type": "number"}, note=TEXT))
    ),
    "OpportunityEntry": thing(**OPPORTUNITY_ENTRY),
    "Opportunity": thing(**OPPORTUNITY_ENTRY, body=HTML, how_to_apply=TEXT),
    **{
        f"{name}List": thing(count=COUNT, previous=ADDRESS_OR_NONE, next=ADDRESS_OR_NONE, results=several(ref(f"{name}Entry")))
        for name in ("News", "Workshop", "Area", "Indicator", "Opportunity")
    },
}


def parameter(name, schema, text, place="query"):
    return {"name": name, "in": place, "required": place == "path", "schema": schema, "description": text}


BY_AREA = parameter("area", SLUG, "The slug of an area of work.")
BY_PAGE = parameter("page", {"type": "integer", "minimum": 1}, "Fifty rows stand on a page.")
BY_SLUG = parameter("slug", SLUG, "What names it in addresses.", "path")


def answers(schema, *others):
    """What an address answers: the data, 304 for who has them, and what may be refused."""
    etag = {"ETag": {"schema": TEXT, "description": "Send it back as If-None-Match."}}
    errors = {"400": "A choice that does not exist.", "404": "Nothing public is there in this language."}
    return {
        "200": {"description": "What is public now.", "headers": etag, "content": {"application/json": {"schema": ref(schema)}}},
        "304": {"description": "Nothing has changed."},
        **{code: {"description": errors[code], "content": {"application/json": {"schema": ref("Error")}}} for code in others},
    }


def reads(summary, schema, *others, parameters=()):
    return {"get": {"summary": summary, "parameters": list(parameters), "responses": answers(schema, *others)}}


def description():
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "IOM Mongolia: what is public",
            "version": "1",
            "description": "News, workshops, areas of work, figures and vacancies of the country office, to read. Each language by itself: "
            "what does not exist in it is not there. Participants of workshops are never named.",
        },
        "servers": [{"url": absolute("/{language}/api/v1"), "variables": {"language": {"enum": list(LANGUAGES), "default": LANGUAGES[0]}}}],
        "paths": {
            "/": reads("The addresses of the lists", "Index"),
            "/news/": reads(
                "News, the newest first", "NewsList", "400", "404",
                parameters=[
                    BY_AREA, parameter("kind", one_of(NewsItem.Kind), "A kind of news."),
                    parameter("year", {"type": "string", "pattern": "^[0-9]{4}$"}, "The year of the news."), BY_PAGE,
                ],
            ),
            "/news/{slug}/": reads("A news item", "NewsItem", "404", parameters=[BY_SLUG]),
            "/workshops/": reads("Workshops, the latest first", "WorkshopList", "400", "404", parameters=[BY_AREA, BY_PAGE]),
            "/workshops/{slug}/": reads("A workshop", "Workshop", "404", parameters=[BY_SLUG]),
            "/areas/": reads("Areas of work", "AreaList", "404", parameters=[BY_PAGE]),
            "/areas/{slug}/": reads("An area of work", "AreaOfWork", "404", parameters=[BY_SLUG]),
            "/indicators/": reads("Figures, without their values", "IndicatorList", "400", "404", parameters=[BY_AREA, BY_PAGE]),
            "/indicators/{slug}/": reads("A figure with its values", "Indicator", "404", parameters=[BY_SLUG]),
            "/opportunities/": reads(
                "Vacancies, tenders and calls for volunteers that are open, the first to close first", "OpportunityList", "400", "404",
                parameters=[parameter("kind", one_of(Opportunity.Kind), "What can be applied for."), BY_PAGE],
            ),
            "/opportunities/{slug}/": reads("One of them, open or closed", "Opportunity", "404", parameters=[BY_SLUG]),
        },
        "components": {"schemas": SCHEMAS},
    }  # fmt: skip
