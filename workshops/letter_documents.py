"""Documents that go with letters, by their names, each made while its letter is sent."""

from django.utils import formats, timezone
from django.utils.text import slugify

from core import names
from core.addresses import address_of
from office.models import CountryOffice
from workshops import documents
from workshops.documents import Both, Invitation, Letterhead, Signatory, in_both
from workshops.models import SeatAllocation

PDF = "application/pdf"


def letterhead():
    """Whose letters these are."""
    return Letterhead.of(CountryOffice.objects.first())


def invitation_of(request):
    """The letter that asks an institution for names: (file name, bytes, kind of content).

    Until the request is sent it bears no address to answer on.
    """
    workshop, body, head = request.workshop, request.organisation, letterhead()
    seats = SeatAllocation.objects.filter(workshop=workshop, organisation=body).first() or SeatAllocation()
    link = request.links.filter(revoked_at=None).first()
    until = request.answer_until and timezone.localtime(request.answer_until)
    office = CountryOffice.objects.first()
    content = documents.invitation_letter(
        Invitation(
            number=request.letter_number,
            dated=request.letter_on or timezone.localdate(),
            institution=Both.of(body, "name"),
            addressee=Both.of(request, "addressee"),
            workshop=Both.of(workshop, "title"),
            when=_when(workshop),
            place=_where(workshop),
            funder=Both.of(workshop.funder, "name") if workshop.funder else Both(),
            paragraphs=[Both.of(workshop, "summary")] if workshop.summary_en or workshop.summary_mn else [],
            guaranteed=0 if seats.released_at else seats.guaranteed,
            maximum=seats.maximum,
            women=seats.women_sought or 0,
            kept_until=workshop.release_on if not seats.released_at else None,
            answer_until=in_both(lambda: formats.date_format(until, "DATETIME_FORMAT")) if until else Both(),
            address=_own_page(link, request.language),
            contact=Both(names.romanise(workshop.contact_name), workshop.contact_name),
            phone=workshop.contact_phone or (office.phone if office else ""),
            email=workshop.contact_email or (office.email if office else ""),
            signatory=_signatory(workshop, head),
        ),
        letterhead=head,
    )
    about = slugify(names.romanise(body.acronym_en or body.acronym_mn or body.name_en or body.name_mn)) or "institution"
    return f"invitation-{about[:40]}.pdf", content, PDF


def _own_page(link, language):
    """Where the institution answers; "" where there is no link, or the key that made it is gone."""
    try:
        return address_of("nominate:page", link.token, language=language) if link else ""
    except LookupError:
        return ""


def _when(workshop):
    if not workshop.starts_on:
        return Both("to be announced", "хожим мэдэгдэнэ")
    return documents.days(workshop.starts_on, workshop.ends_on, workshop.precision)


def _where(workshop):
    return Both(*(", ".join(filter(None, [getattr(workshop, f"place_{code}"), getattr(workshop, f"venue_{code}")])) for code in ("en", "mn")))


def _signatory(workshop, head):
    """Who signs the letters of a workshop. Where nobody is named, the office does."""
    lines = [getattr(workshop, f"signatory_{code}") for code in ("en", "mn")]
    if not any(lines):
        return Signatory(head.office or head.organisation)
    return Signatory.of(*lines)


def certificate_of(certificate):
    """A certificate as it was issued: (file name, bytes, kind of content)."""
    from workshops.certificate_documents import certificates_pdf

    return f"{certificate.serial}.pdf", certificates_pdf([certificate]), PDF


def _of_what_is_there(make, row):
    if row is None:
        raise LookupError("What the document is made of is gone.")
    return make(row)


# Each raises LookupError where the request or the certificate is gone, or the key of its code.
DOCUMENTS = {
    "invitation": lambda letter: _of_what_is_there(invitation_of, letter.request),
    "certificate": lambda letter: _of_what_is_there(certificate_of, letter.certificate),
}
