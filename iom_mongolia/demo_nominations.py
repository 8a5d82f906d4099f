"""The demonstration's requests to institutions: one of each state at the upcoming workshop, answered by people whom the demo knows."""

from datetime import timedelta

from django.utils import timezone

from workshops import replies, requests
from workshops.models import NominationRequest, SeatAllocation, Via

# Institution → its focal point: name, address, telephone; the number of the office's letter.
FOCAL_POINTS = {
    "immigration-agency-gihaeg": ("Д. Оюунгэрэл", "oyungerel@immigration.example", "8000 0201", "26/114"),
    "employment-promotion-center": ("Б. Төмөр", "tumur@epc.example", "8000 0202", "26/115"),
    "ministry-of-labour-2012": ("Ц. Мандах", "mandakh@mol.example", "8000 0203", "26/116"),
    "ministry-of-justice-2012": ("", "", "", ""),
    "ministry-of-finance": ("Н. Сувд", "suvd@mof.example", "8000 0204", "26/117"),
    "ministry-of-foreign-affairs": ("Г. Энхмаа", "enkhmaa@mfa.example", "8000 0206", "26/118"),
    "mpdsp-2012": ("С. Отгон", "otgon@mpdsp.example", "8000 0207", "26/119"),
}
WOMEN_SOUGHT = {"immigration-agency-gihaeg": 2, "ministry-of-labour-2012": 2, "ministry-of-foreign-affairs": 2, "ministry-of-justice-2012": 1}
FOCAL = {"by": None, "via": Via.NOMINATOR}


def load(workshop, people, *, by):
    """Requests to the institutions of the upcoming workshop; nobody new is registered by them."""
    for slug, women in WOMEN_SOUGHT.items():
        SeatAllocation.objects.filter(workshop=workshop, organisation__slug=slug).update(women_sought=women)
    requests.prepare(workshop, by=by)
    asked = {request.organisation.slug: request for request in workshop.nomination_requests.select_related("organisation")}
    for slug, (name, address, phone, number) in FOCAL_POINTS.items():
        if name:
            asked[slug] = requests.edit(
                asked[slug], by=by, focal_name=name, focal_email=address, focal_phone=phone, letter_number=number,
                addressee_mn="Төрийн нарийн бичгийн дарга", addressee_en="State Secretary",
            )  # fmt: skip
    for slug in ("immigration-agency-gihaeg", "employment-promotion-center", "ministry-of-labour-2012", "ministry-of-finance", "ministry-of-foreign-affairs"):
        requests.send(asked[slug], by=by)
    weeks_ago = timezone.now() - timedelta(days=12)
    workshop.nomination_requests.exclude(sent_at=None).update(sent_at=weeks_ago, letter_on=timezone.localdate(weeks_ago))
    # The first has named two and may name more; the second said that this was all; the third sends nobody.
    _name(asked["immigration-agency-gihaeg"], people["Батсайхан"], people["Уранчимэг"])
    _name(asked["employment-promotion-center"], people["Дэлгэрцэцэг"])
    replies.complete(asked["employment-promotion-center"], **FOCAL)
    replies.decline(asked["ministry-of-finance"], reason="Тэр өдрүүдэд яамны зөвлөгөөн болно.", **FOCAL)
    # One is silent and was reminded, one is late by its own deadline.
    requests.remind(asked["ministry-of-foreign-affairs"], by=by)
    NominationRequest.objects.filter(pk=asked["ministry-of-foreign-affairs"].pk).update(reminded_at=timezone.now() - timedelta(days=2))
    NominationRequest.objects.filter(pk=asked["ministry-of-labour-2012"].pk).update(deadline=timezone.now() - timedelta(days=1))


def _name(request, *people):
    replies.receive(
        request,
        [
            {
                "given_name": person.given_name, "patronymic": person.patronymic, "sex": person.sex,
                "email": next((email.address for email in person.emails.all()), ""), "job_title": person.positions.first().title_mn,
            }
            for person in people
        ],
        **FOCAL,
    )  # fmt: skip
