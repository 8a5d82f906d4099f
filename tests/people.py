"""The cast of the tests: who signs in, and whom and what the office knows. Each call makes a new row of its own.

All details are given by keyword; what is not given is ordinary and valid.
"""

import io
import itertools
from datetime import date, time, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import Role, User
from contacts.models import Organisation, Person, PersonEmail, PersonPhone, Position, PressContact
from office import files, picture_library, renditions
from office.models import (
    Indicator, IndicatorPoint, NewsItem, NewsPicture, Opportunity, OpportunityFile, Picture, Resource, ResourceFile, WorkArea,
)  # fmt: skip
from workshops import certificates, registrations, replies, requests
from workshops.days import settle
from workshops.models import AgendaItem, AgendaSpeaker, Certificate, NominationRequest, SeatAllocation, State, Via, Workshop

PASSWORD = "steppe-eagle-2013"

_number = itertools.count(1)

# Given name, father's name, sex: fictional officials, in an order that is not the alphabet's.
NAMES = [
    ("Сарангэрэл", "Батбаярын", "f"),
    ("Ганзориг", "Дашдоржийн", "m"),
    ("Ёндон", "Сүхбаатарын", "m"),
    ("Өлзийбат", "Цэрэндоржийн", "m"),
    ("Ариунаа", "Мөнхбатын", "f"),
    ("Үүрийнтуяа", "Лхагвасүрэнгийн", "f"),
]


# Those who sign in --------------------------------------------------------------------------------------------


def user(*, role, email=None, full_name="", password=PASSWORD, **details):
    number = next(_number)
    return User.objects.create_user(
        email or f"{role}{number}@iom.example", password, role=role, full_name=full_name or f"{role.capitalize()} {number}", **details
    )


def organiser(**details):
    """Runs workshops: registers officials, shares seats."""
    return user(role=Role.ORGANISER, **details)


def editor(**details):
    """Writes news and pages, and decides what is published; runs no workshop."""
    return user(role=Role.EDITOR, **details)


def reviewer(**details):
    """Writes, and approves what others wrote."""
    return user(role=Role.REVIEWER, **details)


def writer(**details):
    """Writes; somebody else publishes it."""
    return user(role=Role.WRITER, **details)


def administrator(**details):
    """May do everything."""
    return user(role=Role.ADMINISTRATOR, **details)


def desk(**details):
    """Checks people in at the door; sees workshops, changes none."""
    return user(role=Role.DESK, **details)


def stranger(**details):
    """Had an account once: signing in is refused."""
    return user(role=Role.DESK, is_active=False, **details)


def signed_in(client, somebody):
    """The test client, signed in as somebody; returns the client."""
    client.force_login(somebody, backend="accounts.roles.RoleBackend")
    return client


# Whom the office knows ----------------------------------------------------------------------------------------


def organisation(*, name_en=None, name_mn=None, slug=None, **details):
    number = next(_number)
    if name_en is None and name_mn is None:
        name_en, name_mn = f"Ministry of Affairs {number}", f"{number}-р хэргийн яам"
    return Organisation.objects.create(
        slug=slug or f"organisation-{number}", name_en=name_en or "", name_mn=name_mn or "", **details
    )


def person(*, organisation=None, job_title=None, department="", email=None, shared_email=None, phone=None, **details):
    """An official with names that no other test person of the same run has twice; `phone` in E.164.

    `organisation` gives an open main position; `shared_email` a mailbox that others may have too.
    """
    number = next(_number)
    if not {"given_name", "given_name_latin"} & set(details):
        given_name, patronymic, sex = NAMES[number % len(NAMES)]
        details = {"given_name": given_name, "patronymic": patronymic, "sex": sex, **details}
    # What hangs on somebody was there before they were merged or made anonymous.
    gone = {name: details.pop(name) for name in ("merged_into", "anonymised_at") if name in details}
    known = Person(**details)
    known.save()
    if organisation is not None:
        Position.objects.create(
            person=known, organisation=organisation, title_mn=job_title or "Мэргэжилтэн", title_en=job_title or "Officer", department=department
        )
    if email:
        PersonEmail.objects.create(person=known, address=email)
    if shared_email:
        PersonEmail.objects.create(person=known, address=shared_email, is_shared=True)
    if phone:
        PersonPhone.objects.create(person=known, number=phone)
    if email or shared_email or phone:
        known.save()  # makes the person findable by them
    if gone:
        Person.objects.filter(pk=known.pk).update(**gone)
        known.refresh_from_db()
    return known


def press_contact(*, name="Press office", email="press@iom.example", **details):
    return PressContact.objects.create(name=name, email=email, **details)


# What the office publishes and organises ----------------------------------------------------------------------


def work_area(*, slug=None, **details):
    number = next(_number)
    details = {"name_en": f"Work area {number}", "name_mn": f"{number}-р чиглэл", **details}
    return WorkArea.objects.create(slug=slug or f"work-area-{number}", **details)


def news_item(*, slug=None, published=True, **details):
    """A news item, public in both languages since yesterday unless `published=False`."""
    number = next(_number)
    details = {
        "title_en": f"News {number}",
        "title_mn": f"{number}-р мэдээ",
        "body_en": f"<p>What happened, {number}.</p>",
        "body_mn": f"<p>Юу болсон тухай, {number}.</p>",
        "published_on": date(2026, 3, 2),
        **details,
    }
    if published:
        yesterday = timezone.now() - timedelta(days=1)
        details = {"publish_at_en": yesterday, "publish_at_mn": yesterday, **details}
    return NewsItem.objects.create(slug=slug or f"news-{number}", **details)


def photograph(*, size=(420, 280), colour=None, format="JPEG", **how):
    """The bytes of a picture of one colour with a stripe, another one each time."""
    number = next(_number)
    image = Image.new("RGB", size, colour or (30 + number % 200, 90, 150))
    image.paste((200, 200 - number % 150, 40), (0, 0, size[0] // 3, size[1] // 4))
    out = io.BytesIO()
    image.save(out, format, **how)
    return out.getvalue()


def picture(*, file=None, item=None, order=0, **details):
    """A picture of the library that may be shown, and of an item where one is named."""
    number = next(_number)
    details = {
        "alt_en": f"Picture {number}", "alt_mn": f"{number}-р зураг", "credit": "© IOM (test)", "consent": "not-needed", **details,
    }  # fmt: skip
    made = Picture(**details)
    picture_library.take_in(made, renditions.clean(SimpleUploadedFile("picture", file or photograph())))
    made.save()
    if item is not None:
        NewsPicture.objects.create(item=item, picture=made, order=order)
    return made


def indicator(*, slug=None, values=((2010, 1200), (2020, 2400)), **details):
    """A figure that is public in both languages; `values`: (label, value), or (label, part, value)."""
    number = next(_number)
    details = {"title_en": f"Figure {number}", "title_mn": f"{number}-р тоо", "unit_en": "persons", "unit_mn": "хүн", **details}
    made = Indicator.objects.create(slug=slug or f"figure-of-{number}", **details)
    for order, (label, *part, value) in enumerate(values):
        words = {"label_en": label, "label_mn": label, **({"part_en": part[0], "part_mn": part[0]} if part else {})}
        IndicatorPoint.objects.create(indicator=made, order=order, value=value, **words)
    return made


def publication(*, slug=None, file=None, language="en", **details):
    """A report that is public in both languages; `file`: the bytes of a file in `language` that is kept here."""
    number = next(_number)
    details = {"kind": "report", "title_en": f"Report {number}", "title_mn": f"{number}-р тайлан", **details}
    made = Resource.objects.create(slug=slug or f"report-{number}", **details)
    if file is not None:
        row = ResourceFile(resource=made, language=language)
        files.keep(row, SimpleUploadedFile("file", file))
        row.save()
    return made


def opportunity(*, slug=None, file=None, **details):
    """A vacancy that is open in both languages; `file`: the bytes of a document that goes with it."""
    number = next(_number)
    now = timezone.now()
    details = {
        "kind": "vacancy", "title_en": f"Vacancy {number}", "title_mn": f"{number}-р ажлын байр", "apply_email": "jobs@iom.example",
        "opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=9), **details,
    }  # fmt: skip
    made = Opportunity.objects.create(slug=slug or f"vacancy-{number}", **details)
    if file is not None:
        row = OpportunityFile(opportunity=made, language="en", title_en="Document", title_mn="Баримт")
        files.keep(row, SimpleUploadedFile("file", file))
        row.save()
    return made


def workshop(*, slug=None, seats=None, days=2, starts_in=45, **details):
    """A public workshop of two days in Ulaanbaatar that takes nominations, with 30 places.

    `seats`: {organisation: (guaranteed, maximum or None)}. `starts_in`: days from today.
    """
    number = next(_number)
    starts_on = details.pop("starts_on", timezone.localdate() + timedelta(days=starts_in))
    details = {
        "title_en": f"Workshop {number}",
        "title_mn": f"{number}-р сургалт",
        "status": Workshop.Status.NOMINATING,
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=days - 1) if starts_on else None,
        "place_en": "Ulaanbaatar",
        "place_mn": "Улаанбаатар",
        "capacity": 30,
        **details,
    }
    made = Workshop.objects.create(slug=slug or f"workshop-{number}", **details)
    settle(made)
    for order, (invited, (guaranteed, maximum)) in enumerate((seats or {}).items()):
        SeatAllocation.objects.create(workshop=made, organisation=invited, guaranteed=guaranteed, maximum=maximum, order=order)
    return made


def registration(*, workshop=None, person=None, by=None, become=State.CONFIRMED, quiet=True, **details):
    """A registration through the office's own act; what is not given (workshop, person, organiser) is made. The letter about
    it is written where it is not `quiet`."""
    workshop = workshop or globals()["workshop"]()
    person = person or globals()["person"](organisation=details.get("organisation"))
    return registrations.register(workshop, person, by=by or organiser(), become=become, quiet=quiet, **details).registration


def nomination_request(*, workshop, organisation=None, state="sent", **details):
    """What an institution was asked; sent a week ago unless it is a draft."""
    sent_at = None if state == "draft" else timezone.now() - timedelta(days=7)
    details = {"sent_at": sent_at, "focal_name": "Focal Point", "focal_email": f"focal{next(_number)}@gov.example", **details}
    return NominationRequest.objects.create(
        workshop=workshop, organisation=organisation or globals()["organisation"](), state=state, **details
    )


def agenda_item(*, workshop=None, day=0, starts_at=time(9), ends_at=time(10, 30), speakers=(), **details):
    """An item on a day of the workshop (0 is the first, or the day itself); `speakers` are names or registrations."""
    number = next(_number)
    if isinstance(day, int):
        day = (workshop or globals()["workshop"]()).meeting_days.all()[day]
    details = {"title_en": f"Session {number}", "title_mn": f"{number}-р хичээл", **details}
    starts_at, ends_at = (time.fromisoformat(at) if isinstance(at, str) else at for at in (starts_at, ends_at))
    item = AgendaItem.objects.create(day=day, starts_at=starts_at, ends_at=ends_at, **details)
    for order, speaker in enumerate(speakers):
        named = {"name_en": speaker} if isinstance(speaker, str) else {"registration": speaker}
        AgendaSpeaker.objects.create(item=item, order=order, **named)
    return item


# What institutions are asked ----------------------------------------------------------------------------------


def request(*, workshop=None, organisation=None, seats=(2, 3), sent=True, sent_days_ago=0, by=None, **details):
    """A request to an institution with seats (guaranteed, maximum), sent to a focal point with an address of its own."""
    number = next(_number)
    organisation = organisation or globals()["organisation"]()
    workshop = workshop or globals()["workshop"]()
    SeatAllocation.objects.get_or_create(
        workshop=workshop, organisation=organisation, defaults={"guaranteed": seats[0], "maximum": seats[1], "order": number}
    )
    details = {"focal_name": f"Focal point {number}", "focal_email": f"focal{number}@ministry.example", "focal_phone": "99112233", **details}
    made = NominationRequest.objects.create(workshop=workshop, organisation=organisation, **details)
    if sent:
        made = requests.send(made, by=by or organiser())
    if sent_days_ago:
        made.sent_at -= timedelta(days=sent_days_ago)
        made.save()
    return made


def entry(**details):
    """What an institution says of somebody whom it names: names that no other entry of the same run has."""
    number = next(_number)
    given_name, patronymic, sex = NAMES[number % len(NAMES)]
    tail = "".join("абвгдежзик"[int(digit)] for digit in str(number))
    return {
        "given_name": f"{given_name}{tail}", "patronymic": patronymic, "sex": sex, "job_title": "Мэргэжилтэн",
        "email": f"nominee{number}@ministry.example", **details,
    }  # fmt: skip


def name(request, *entries, by=None, via=Via.NOMINATOR, **options):
    """Names officials as the focal point does; returns those named."""
    received = replies.receive(request, list(entries) or [entry()], by=by, via=via, **options)
    assert received.refused == []
    return received.named


def certificate(*, workshop, person=None, number=None, **details):
    """A certificate as if the act had issued it; attendance is not asked about."""
    row = registration(workshop=workshop, person=person)
    return Certificate.objects.create(
        registration=row, year=2026, number=number or next(_number), facts=certificates.facts_of(row.workshop, row), **details
    )
