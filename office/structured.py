"""What pages tell machines about the office and its news, in the words of schema.org."""

from django.utils import timezone
from django.utils.translation import get_language

from core.addresses import absolute, address_of
from core.dates import iso
from office import picture_library
from office.models import ChangeNote

CONTEXT = "https://schema.org"


def said(**facts):
    """Facts without those that are not known."""
    return {name.replace("at_", "@", 1): value for name, value in facts.items() if value not in (None, "", [], {})}


def named(organisation):
    """An institution by its name; nothing else of it is for machines."""
    return said(at_type="Organization", name=str(organisation), url=organisation.website) if organisation else None


def publisher(office):
    """The office as others refer to it."""
    name = getattr(office, "name", "") or "IOM Mongolia"
    return said(
        at_type="Organization",
        at_id=f"{absolute('/')}#office",
        name=name,
        url=address_of("home", language=get_language()),
        parentOrganization=said(at_type="Organization", name=getattr(office, "organisation_name", "")) if getattr(office, "organisation_name", "") else None,
    )


def office_data(office):
    """The office itself, for its home page."""
    if office is None:
        return {"@context": CONTEXT, **publisher(None)}
    contact = said(at_type="ContactPoint", telephone=office.phone, email=office.email, availableLanguage=["en", "mn"])
    return {"@context": CONTEXT, **publisher(office), **said(
        alternateName=office.acronym,
        description=office.opening,
        foundingDate=str(office.present_since or ""),
        address=said(at_type="PostalAddress", streetAddress=office.address, addressCountry="MN") if office.address else None,
        telephone=office.phone,
        email=office.email,
        sameAs=office.website,
        contactPoint=contact if office.phone or office.email else None,
    )}  # fmt: skip


def job_data(vacancy, office):
    """A vacancy as a JobPosting; None for another kind, and where the text or the place is not known that it needs."""
    if vacancy.kind != vacancy.Kind.VACANCY or not vacancy.body or not vacancy.duty_station:
        return None
    place = said(at_type="PostalAddress", addressLocality=vacancy.duty_station, addressCountry="MN")
    number = said(at_type="PropertyValue", name=getattr(office, "acronym", "") or "IOM", value=vacancy.reference)
    return {"@context": CONTEXT, **said(
        at_type="JobPosting",
        title=vacancy.title,
        description=vacancy.body,
        identifier=number if vacancy.reference else None,
        datePosted=timezone.localtime(vacancy.opens_at).date().isoformat(),
        validThrough=timezone.localtime(vacancy.closes_at).isoformat(timespec="seconds"),
        hiringOrganization=publisher(office),
        jobLocation=said(at_type="Place", address=place),
        inLanguage=get_language(),
        url=address_of("office:opportunity", vacancy.slug, language=get_language()),
    )}  # fmt: skip


def picture_data(picture):
    """A picture of the library that is shown, by a file that every program reads."""
    address, facts = picture_library.plain(picture, width=1440)
    return said(
        at_type="ImageObject",
        url=absolute(address),
        width=facts["width"],
        height=facts["height"],
        caption=picture.caption or picture.alt,
        creditText=picture.credit,
    )


def news_data(item, *, changes, areas, institutions, languages, office):
    """A news item. Its date is no more exact than it is known; what was corrected is said to machines too."""
    language = get_language()
    others = [code for code in languages if code != language]
    return {"@context": CONTEXT, **said(
        at_type="NewsArticle",
        at_id=address_of("news:detail", item.slug, language=language),
        url=address_of("news:detail", item.slug, language=language),
        mainEntityOfPage=address_of("news:detail", item.slug, language=language),
        headline=item.title,
        description=item.lead,
        inLanguage=language,
        genre=str(item.get_kind_display()),
        dateline=item.dateline,
        datePublished=iso(item.published_on, item.precision),
        dateModified=iso(changes[0].on) if changes else None,
        articleSection=[area.name for area in areas],
        image=[picture_data(each.picture) for each in item.pictures_shown],
        mentions=[named(institution) for institution in institutions],
        funder=named(item.funder),
        author=publisher(office),
        publisher=publisher(office),
        isBasedOn=item.source_url,
        isAccessibleForFree=True,
        correction=[
            said(at_type="CorrectionComment", text=note.text, datePublished=iso(note.on))
            for note in changes if note.kind == ChangeNote.Kind.CORRECTION
        ],
        workTranslation=[{"@id": address_of("news:detail", item.slug, language=code)} for code in others],
    )}  # fmt: skip
