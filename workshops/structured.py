"""What a workshop's page tells machines, in the words of schema.org: never who takes part."""

from django.utils.translation import get_language

from core.addresses import address_of
from core.dates import iso
from office.structured import CONTEXT, named, publisher, said
from workshops.models import Workshop

STATUS = {Workshop.Status.CANCELLED: "EventCancelled", Workshop.Status.POSTPONED: "EventPostponed"}


def event_data(workshop, *, office):
    """A workshop as an event; without a first day it is none, for machines ask for one: None."""
    if not workshop.starts_on:
        return None
    address = address_of("workshops:detail", workshop.slug, language=get_language())
    place = ", ".join(filter(None, [workshop.venue, workshop.place]))
    return {"@context": CONTEXT, **said(
        at_type="EducationEvent",
        at_id=address,
        url=address,
        name=workshop.title,
        description=workshop.summary,
        inLanguage=get_language(),
        startDate=iso(workshop.starts_on, workshop.precision),
        endDate=iso(workshop.ends_on, workshop.precision),
        eventStatus=f"{CONTEXT}/{STATUS.get(workshop.status, 'EventScheduled')}",
        eventAttendanceMode=f"{CONTEXT}/OfflineEventAttendanceMode",
        location=said(
            at_type="Place", name=place,
            address=said(at_type="PostalAddress", addressLocality=workshop.place, addressCountry="MN"),
        ) if place else None,
        organizer=publisher(office),
        funder=named(workshop.funder),
        maximumAttendeeCapacity=workshop.capacity,
    )}  # fmt: skip
