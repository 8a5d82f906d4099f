"""The demonstration's answers: next week's workshop with somebody silent, somebody reminded, a proposed deputy and a waiting list."""

from datetime import timedelta

from django.utils import timezone

from workshops import answers, registrations
from workshops.models import Consent, Letter, Registration, State, Via

SELF = {"by": None, "via": Via.SELF}


def load(workshop, people, *, by):
    at = {row.given_name: row for row in Registration.objects.filter(workshop=workshop).select_related("person", "workshop", "organisation")}
    for person in (people["Учрал"], people["Ялалт"]):
        registrations.register(
            workshop, person, by=by, become=State.WAITLISTED, via=Via.LETTER, organisation=person.positions.first().organisation, is_demo=True,
        )  # fmt: skip
    answers.remind([at["Болормаа"]], by=by)
    Letter.objects.filter(registration=at["Болормаа"], kind="official-reminder").update(created_at=timezone.now() - timedelta(days=2))
    answers.not_reached(at["Содбаатар"], by=by, note="Хуралтай байна, үдээс хойш залгах")
    answers.keep(
        at["Янжинлхам"], needs={"diet": "Цагаан хоолтон", "interpretation": "both"}, language="mn",
        consents={Consent.Kind.NOTICE: True, Consent.Kind.PHOTO: False, Consent.Kind.CONTACT_LIST: True}, **SELF,
    )  # fmt: skip
    answers.keep(at["Хосбаяр"], consents={Consent.Kind.NOTICE: True, Consent.Kind.PHOTO: True, Consent.Kind.CONTACT_LIST: True}, **SELF)
    answers.propose_deputy(at["Айгүл"], given_name="Үүрцайх", patronymic="М.", job_title="Хорооны нийгмийн ажилтан", phone="9900 0133", note="Тэр өдөр томилолттой.", **SELF)
