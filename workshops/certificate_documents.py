"""Certificates as paper: what was frozen on the day of issue, set by `workshops.documents`."""

from decimal import Decimal

from django.utils import timezone

from core.addresses import address_of
from workshops import documents
from workshops.documents import Both, Name, Signatory
from workshops.letter_documents import letterhead


def certificates_pdf(certificates):
    """The PDF of certificates, a page each, in the order given. The QR code leads to the page that verifies each."""
    return documents.certificates([_paper(certificate) for certificate in certificates], letterhead=letterhead())


def _paper(certificate):
    facts = certificate.facts
    place = Both(facts["en"]["place"], facts["mn"]["place"])
    return documents.Certificate(
        name=Name(facts["given_name"], facts["patronymic"], facts["given_name_latin"], facts["patronymic_latin"], facts["name_mong"]),
        workshop=Both(facts["en"]["title"], facts["mn"]["title"]),
        when=Both(facts["en"]["dates"], facts["mn"]["dates"]),
        place=place,
        serial=certificate.serial,
        # The page shows both languages; the shorter word of the two stands in the code.
        address=address_of("links:certificate", certificate.token, language="mn"),
        issued_on=timezone.localtime(certificate.issued_at).date(),
        issued_at=place,
        hours=Decimal(facts["hours"]) if facts["hours"] else None,
        signatories=[Signatory.of(facts["en"]["signatory"], facts["mn"]["signatory"])] if facts["en"]["signatory"] else [],
    )
