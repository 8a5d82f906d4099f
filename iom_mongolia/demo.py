"""The demonstration: invented people, accounts whose passwords are published, and workshops that show a day at the office.

Everything is marked `is_demo` and goes again by `remove()`. Days are counted from the day on which it is loaded.
"""

import json
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pghistory
import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from accounts.demo import ACCOUNTS
from accounts.models import Role, User
from contacts.models import ImportBatch, Organisation, Person, PersonEmail, PersonExport, PersonMerge, PersonPhone, Position, PressContact
from contacts.people import index_all
from iom_mongolia import demo_answers, demo_desk, demo_door, demo_languages, demo_learning, demo_letters, demo_nominations, demo_opportunities, demo_pictures, demo_plan, demo_programme, demo_resources
from iom_mongolia.country_office import FACTS
from office.models import ChangeNote, NewsItem, Opportunity, Picture, Resource, WorkArea
from workshops import days, registrations, seats
from workshops.models import (
    AttendanceMark,
    Certificate,
    Project,
    Receipt,
    Registration,
    SignedSheet,
    State,
    Submission,
    Via,
    Workshop,
)

ULAANBAATAR = ZoneInfo("Asia/Ulaanbaatar")

UPCOMING = "labour-migration-policy-ulaanbaatar"
# The seven institutions of the workshop of 2013, by the names of that year: guaranteed seats and the most of each.
SEATS = {
    "immigration-agency-gihaeg": (5, 7),
    "employment-promotion-center": (2, 3),
    "ministry-of-labour-2012": (5, 7),
    "ministry-of-justice-2012": (3, 5),
    "ministry-of-finance": (3, 4),
    "ministry-of-foreign-affairs": (4, 6),
    "mpdsp-2012": (4, 6),
}
# Given name → the state in which that person's registration is found.
AT_THE_UPCOMING = {
    "Мөнхбат": State.CONFIRMED,
    "Батсайхан": State.CONFIRMED,
    "Уранчимэг": State.NOMINATED,
    "Номин": State.INVITED,
    "Ариунзаяа": State.CONFIRMED,
    "Хонгорзул": State.WITHDRAWN,
    "Түвшинбаяр": State.WAITLISTED,
    "Дэлгэрцэцэг": State.NOMINATED,
}
NEXT_WEEK = "migration-figures-ulaanbaatar"
SEATS_NEXT_WEEK = {
    "nso": (2, 4),
    "mflsp-2024": (2, 4),
    "immigration-agency-gihg": (2, 3),
    "municipality-ulaanbaatar": (2, 3),
    "nema": (1, 2),
    "ministry-of-health": (0, 2),
}
AT_NEXT_WEEKS = {
    "Янжинлхам": State.CONFIRMED,
    "Хосбаяр": State.CONFIRMED,
    "Баттулга": State.CONFIRMED,
    "Болормаа": State.INVITED,
    "Ичинхорлоо": State.CONFIRMED,
    "Мягмарсүрэн": State.CONFIRMED,
    "Айгүл": State.CONFIRMED,
    "Содбаатар": State.INVITED,
    "Одонтуяа": State.CONFIRMED,
    "Хатанбаатар": State.CONFIRMED,
    "Наранчимэг": State.NOMINATED,
}
AT_THE_PAST = [
    "Мөнхбат", "Сарангэрэл", "Батсайхан", "Ёндон", "Төгөлдөр", "Өнөрбаяр", "Ундраа", "Отгонжаргал", "Амартүвшин",
    "Сэлэнгэ", "Мандухай", "Цэнд-Аюуш", "Булган", "Энэрэл",
]  # fmt: skip

# On these days no workshop is held: month and day of the holidays with a fixed date.
HOLIDAYS = {(1, 1), (3, 8), (6, 1), (7, 11), (7, 12), (7, 13), (7, 14), (7, 15), (11, 26), (12, 29)}


def is_loaded():
    return User.objects.filter(is_demo=True).exists()


@transaction.atomic
def load(*, today=None):
    """Brings the demonstration in and returns True; where it is already, nothing happens and False is returned.

    Refuses outside demo mode ("no_demo") and before the country office's facts are there ("no_facts").
    """
    if not settings.DEMO_MODE:
        raise ValidationError("Demo people and accounts exist in demo mode alone.", code="no_demo")
    if is_loaded():
        return False
    if Organisation.objects.filter(slug__in=[*SEATS, *SEATS_NEXT_WEEK]).count() < len({*SEATS, *SEATS_NEXT_WEEK}):
        raise ValidationError("Bring in the country office's facts first: load_country_office.", code="no_facts")
    today = today or timezone.localdate()
    with pghistory.context(command="load_demo"):
        users = _accounts()
        people = _people()
        project = Project.objects.create(
            code="DEMO.01",
            name_en="Labour migration policy (demonstration)",
            name_mn="Хөдөлмөрийн шилжилт хөдөлгөөний бодлого (үзүүлэн)",
            donor=Organisation.objects.filter(slug="iom-development-fund").first(),
            note="Invented for the demonstration.",
            is_demo=True,
        )
        by = users[Role.ORGANISER]
        past = _past_workshop(people, project, today, by=by)
        upcoming = _upcoming_workshop(people, project, today, by=by)
        demo_programme.load(upcoming, by=by)
        following = _next_weeks_workshop(people, project, today, by=by)
        demo_programme.load(following, by=by)
        _draft(project, by=by)
        _news(upcoming, today)
        demo_pictures.load(today)
        demo_desk.load(users)
        demo_languages.load()
        demo_resources.load(today)
        demo_opportunities.load(today)
        demo_nominations.load(upcoming, people, by=by)
        demo_answers.load(following, people, by=by)
        demo_plan.load(upcoming, following, past, today=today, by=by)
        following.refresh_from_db()
        demo_letters.load(following)
        demo_door.load(people, project, past, by=by, desk=users[Role.DESK])
        demo_learning.load(following, past, by=by)
    return True


def _accounts():
    return {
        role: User.objects.create_user(
            email, password, role=role, full_name=full_name, preferred_language="en", is_demo=True
        )
        for role, (email, full_name, password) in ACCOUNTS.items()
    }


def _people():
    """The invented officials, by given name."""
    said = json.loads((FACTS / "demo_people.json").read_text(encoding="utf-8"))
    organisations = Organisation.objects.in_bulk([one["organisation"] for one in said], field_name="slug")
    people = {}
    for one in said:
        person = Person(is_demo=True, note="Invented for the demonstration.")
        for name in ("given_name", "patronymic", "given_name_latin", "patronymic_latin", "sex"):
            setattr(person, name, one.get(name, ""))
        person.save()
        Position.objects.create(
            person=person,
            organisation=organisations[one["organisation"]],
            title_en=one["title_en"],
            title_mn=one["title_mn"],
            department=one.get("department", ""),
            rank=one.get("rank", ""),
        )
        if address := one.get("email") or one.get("shared_email"):
            PersonEmail.objects.create(person=person, address=address, is_shared="shared_email" in one)
        if number := one.get("phone"):
            PersonPhone.objects.create(person=person, number=number)
        people[person.given_name] = person
    index_all(list(people.values()))
    return people


# The workshops ------------------------------------------------------------------------------------------------


def working_days(earliest, length, *, weekday=1):
    """The first `length` days in a row from a day on that begin on a weekday (Monday is 0) and have no holiday."""
    first = earliest + timedelta(days=(weekday - earliest.weekday()) % 7)
    while any(((first + timedelta(days=n)).month, (first + timedelta(days=n)).day) in HOLIDAYS for n in range(length)):
        first += timedelta(days=7)
    return first, first + timedelta(days=length - 1)


def _moment(day, hour):
    return datetime.combine(day, time(hour), ULAANBAATAR)


def _workshop(slug, project, areas, *, by, shares=(), **details):
    workshop = Workshop.objects.create(
        slug=slug,
        project=project,
        funder=project.donor,
        created_by=by,
        is_demo=True,
        place_en="Ulaanbaatar",
        place_mn="Улаанбаатар",
        **demo_plan.CONTACT,
        **details,
    )
    days.settle(workshop)
    workshop.work_areas.set(WorkArea.objects.filter(slug__in=areas))
    if shares:
        invited = Organisation.objects.in_bulk(shares, field_name="slug")
        seats.allocate(
            workshop,
            [
                {"organisation": invited[slug], "guaranteed": guaranteed, "maximum": maximum}
                for slug, (guaranteed, maximum) in shares.items()
            ],
            by=by,
        )
    return workshop


def _register(workshop, person, state, *, by):
    position = person.positions.first()
    withdrawn = state == State.WITHDRAWN
    registration = registrations.register(
        workshop,
        person,
        by=by,
        become=State.NOMINATED if withdrawn else state,
        via=Via.LETTER,
        organisation=position.organisation,
        level="management" if "дарга" in position.title_mn.lower() else "specialist",
        province="1",
        is_demo=True,
    ).registration
    if withdrawn:
        registrations.withdraw(registration, by=by, via=Via.PHONE, reason="On mission abroad in those days.")


def _upcoming_workshop(people, project, today, *, by):
    starts_on, ends_on = working_days(today + timedelta(days=44), 2)
    workshop = _workshop(
        UPCOMING,
        project,
        ["labour-mobility", "migration-governance"],
        by=by,
        shares=SEATS,
        kind=Workshop.Kind.WORKSHOP,
        title_en="Labour migration policy: a workshop for senior officials",
        title_mn="Хөдөлмөрийн шилжилт хөдөлгөөний бодлого: удирдах албан хаагчдын сургалт",
        summary_en="Two days on labour migration policy for a country of origin and of destination, for thirty officials of seven institutions.",
        summary_mn="Долоон байгууллагын 30 албан хаагчид зориулсан, гарал болон хүрэх орны хөдөлмөрийн шилжилт хөдөлгөөний бодлогын хоёр өдрийн сургалт.",
        description_en=(
            "<p>Mongolians leave to work abroad, and people from abroad come to work in Mongolia. Officials of seven institutions "
            "will work for two days on policies that serve both: to fill shortages of labour and to protect the rights of migrants.</p>"
            "<ul><li>labour migration policy in a country of origin and of destination</li><li>admission of foreign workers and the "
            "labour market</li><li>fair recruitment and protection abroad</li><li>who does what: coordination among institutions</li></ul>"
            "<p>This workshop belongs to the demonstration; it is modelled on one of 2013.</p>"
        ),
        description_mn=(
            "<p>Монголчууд гадаадад ажиллахаар явж, гадаадын иргэд Монголд ажиллахаар ирдэг. Долоон байгууллагын албан хаагчид "
            "ажиллах хүчний хомсдолыг нөхөх, шилжигчдийн эрхийг хамгаалах бодлогыг хоёр өдрийн турш хэлэлцэнэ.</p>"
            "<ul><li>гарал болон хүрэх орны хөдөлмөрийн шилжилт хөдөлгөөний бодлого</li><li>гадаадын ажиллах хүч, хөдөлмөрийн зах зээл</li>"
            "<li>шударга зуучлал, гадаад дахь хамгаалал</li><li>байгууллага хоорондын уялдаа, үүрэг хуваарилалт</li></ul>"
            "<p>Энэ сургалт нь 2013 оны сургалтаас санаа авсан үзүүлэн юм.</p>"
        ),
        status=Workshop.Status.NOMINATING,
        visibility=Workshop.Visibility.PUBLIC,
        starts_on=starts_on,
        ends_on=ends_on,
        capacity=30,
        venue_en="United Nations House, hall 2 (demonstration)",
        venue_mn="НҮБ-ын байр, 2 дугаар танхим (үзүүлэн)",
        nomination_deadline=_moment(starts_on - timedelta(days=18), 18),
        list_frozen_at=_moment(starts_on - timedelta(days=1), 12),
        note="The institutions stand here under their names of 2013, because the sample lists of the demonstration use them.",
    )
    for name, state in AT_THE_UPCOMING.items():
        _register(workshop, people[name], state, by=by)
    return workshop


def _next_weeks_workshop(people, project, today, *, by):
    starts_on, ends_on = working_days(today + timedelta(days=7 - today.weekday()), 2, weekday=2)
    workshop = _workshop(
        NEXT_WEEK,
        project,
        ["migration-data", "internal-migration-urbanisation"],
        by=by,
        shares=SEATS_NEXT_WEEK,
        kind=Workshop.Kind.TRAINING,
        title_en="Working with migration figures",
        title_mn="Шилжилт хөдөлгөөний тоо мэдээлэлтэй ажиллах нь",
        summary_en="A training for officials who collect or use figures on migration. Part of the demonstration.",
        summary_mn="Шилжилт хөдөлгөөний мэдээлэл цуглуулдаг, ашигладаг албан хаагчдын сургалт. Үзүүлэн юм.",
        status=Workshop.Status.CONFIRMED,
        visibility=Workshop.Visibility.INTERNAL,
        starts_on=starts_on,
        ends_on=ends_on,
        capacity=16,
        venue_en="Training room, third floor (demonstration)",
        venue_mn="Сургалтын танхим, 3 дугаар давхар (үзүүлэн)",
        nomination_deadline=_moment(today - timedelta(days=4), 18),
        list_frozen_at=_moment(starts_on - timedelta(days=1), 12),
        note="Invented for the demonstration.",
    )
    for name, state in AT_NEXT_WEEKS.items():
        _register(workshop, people[name], state, by=by)
    return workshop


def _draft(project, *, by):
    return _workshop(
        "fair-recruitment-seminar",
        project,
        ["labour-mobility"],
        by=by,
        kind=Workshop.Kind.SEMINAR,
        title_en="Fair recruitment: a seminar for labour inspectors",
        title_mn="Шударга зуучлал: хөдөлмөрийн хяналтын байцаагчдын семинар",
        summary_en="Fees, contracts and complaints. Part of the demonstration.",
        summary_mn="Шимтгэл, гэрээ, гомдол. Үзүүлэн юм.",
        status=Workshop.Status.DRAFT,
        visibility=Workshop.Visibility.PUBLIC,
        note="Invented for the demonstration. Days, venue and places are still to be found.",
    )


def _past_workshop(people, project, today, *, by):
    starts_on, ends_on = working_days(today - timedelta(days=270), 2)
    workshop = _workshop(
        "labour-inspection-and-migrants",
        project,
        ["labour-mobility", "counter-trafficking"],
        by=by,
        kind=Workshop.Kind.TRAINING,
        title_en="Labour inspection and migrant workers",
        title_mn="Хөдөлмөрийн хяналт ба шилжин ажиллагчид",
        summary_en="A training of two days. Part of the demonstration.",
        summary_mn="Хоёр өдрийн сургалт. Үзүүлэн юм.",
        status=Workshop.Status.CONFIRMED,
        visibility=Workshop.Visibility.INTERNAL,
        starts_on=starts_on,
        ends_on=ends_on,
        capacity=20,
        venue_en="Training room, third floor (demonstration)",
        venue_mn="Сургалтын танхим, 3 дугаар давхар (үзүүлэн)",
        note="Invented for the demonstration, so that people have an earlier workshop to show.",
    )
    for name in AT_THE_PAST:
        _register(workshop, people[name], State.CONFIRMED, by=by)
    Workshop.objects.filter(pk=workshop.pk).update(status=Workshop.Status.COMPLETED)
    return workshop


def _news(workshop, today):
    now = timezone.now()
    item = NewsItem.objects.create(
        slug="nominations-open-labour-migration-policy",
        kind=NewsItem.Kind.NEWS,
        title_en="Nominations open for the labour migration policy workshop",
        title_mn="Хөдөлмөрийн шилжилт хөдөлгөөний бодлогын сургалтад нэр дэвшүүлж эхэллээ",
        lead_en="Seven institutions are invited to name officials for two days of work on labour migration policy in Ulaanbaatar.",
        lead_mn="Улаанбаатарт болох хөдөлмөрийн шилжилт хөдөлгөөний бодлогын хоёр өдрийн сургалтад долоон байгууллага албан хаагчдаа нэрлэнэ.",
        dateline_en="Ulaanbaatar",
        dateline_mn="Улаанбаатар",
        body_en=(
            "<p>Thirty places are shared among seven institutions, each with seats of its own. Names are sent by the institution’s focal "
            "point; seats that are not used go to those who wait.</p>"
            "<p>This item belongs to the demonstration of this site; the workshop and its people are invented.</p>"
        ),
        body_mn=(
            "<p>Гучин суудлыг долоон байгууллагад хуваарилсан. Нэрсийг байгууллагын хариуцсан ажилтан илгээнэ; ашиглаагүй суудлыг "
            "хүлээгдэж буй хүмүүст олгоно.</p>"
            "<p>Энэ мэдээ нь сайтын үзүүлэнд хамаарах бөгөөд сургалт, оролцогчид нь зохиомол болно.</p>"
        ),
        published_on=today,
        publish_at_en=now,
        publish_at_mn=now,
        funder=workshop.funder,
        is_demo=True,
    )
    item.work_areas.set(workshop.work_areas.all())
    item.institutions.set(Organisation.objects.filter(slug__in=SEATS))
    workshop.news.add(item)
    item.changes.create(
        kind=ChangeNote.Kind.CORRECTION,
        on=today,
        text_en="The first version gave six institutions; seven are invited.",
        text_mn="Эхний хувилбарт зургаан байгууллага гэж байсныг долоо болгож залруулав.",
    )


# Taking it away -----------------------------------------------------------------------------------------------


@transaction.atomic
def remove():
    """Takes the demonstration away, with all that was registered for its workshops; what was changed stays in the history.

    Returns what could not go because real records rest on it, as a list of rows; such an account can no longer sign in.
    """
    kept = []
    with pghistory.context(command="remove_demo"):
        workshops = Workshop.objects.filter(is_demo=True)
        registrations_of_it = Registration.objects.filter(
            models.Q(workshop__in=workshops) | models.Q(person__is_demo=True) | models.Q(is_demo=True)
        )
        _take_down(registrations_of_it.values("pk"), workshops)
        # A deputy's row names the row that it replaces.
        registrations_of_it.delete()
        ImportBatch.objects.filter(models.Q(is_demo=True) | models.Q(nomination_list__workshop__in=workshops)).delete()
        NewsItem.objects.filter(is_demo=True).delete()
        Resource.objects.filter(is_demo=True).delete()
        Opportunity.objects.filter(is_demo=True).delete()
        workshops.delete()
        # Demo records that were merged hold each other.
        PersonMerge.objects.filter(models.Q(kept__is_demo=True) | models.Q(gone__is_demo=True)).delete()
        PersonExport.objects.filter(person__is_demo=True).delete()
        Person.objects.filter(is_demo=True).update(merged_into=None)
        for model in (Picture, Project, Person, PressContact, Organisation):
            kept += _delete_free(model)
        for user in _delete_free(User):
            user.is_active = False
            user.set_unusable_password()
            user.save()
            kept.append(user)
    return kept


def _take_down(registrations_of_it, workshops):
    """What hangs on registrations and is otherwise never deleted: marks, certificates, what was answered."""
    at_it = models.Q(registration__in=registrations_of_it)
    Certificate.objects.filter(at_it).update(supersedes=None)
    Certificate.objects.filter(at_it).delete()
    for model in (Submission, Receipt):
        model.objects.filter(at_it | models.Q(form__workshop__in=workshops)).delete()
    with pgtrigger.ignore("workshops.AttendanceMark:marks_stay"):
        marks = AttendanceMark.objects.filter(at_it | models.Q(workshop__in=workshops))
        marks.filter(voids__isnull=False).delete()
        marks.delete()
    SignedSheet.objects.filter(day__workshop__in=workshops).delete()


def _delete_free(model):
    """Deletes the demo rows of a table on which nothing rests that stays; returns the others."""
    kept = []
    for row in model.objects.filter(is_demo=True):
        try:
            with transaction.atomic():
                row.delete()
        except models.ProtectedError:
            row.refresh_from_db()
            kept.append(row)
    return kept
