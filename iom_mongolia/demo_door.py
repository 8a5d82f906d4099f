"""The demonstration at the door: a workshop that goes on today, with yesterday's attendance, and what a signed sheet of an earlier one said."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from workshops import attendance, days, links, registrations
from workshops.attendance import Kind, Method
from workshops.models import AgendaItem, AttendanceMark, Link, State, Via, Workshop

TODAY = "border-management-ulaanbaatar"
ULAANBAATAR = ZoneInfo("Asia/Ulaanbaatar")
# Given name → the state in which that person's registration is found, and what yesterday's marks say ("" for none).
AT_TODAYS = {
    "Очирбат": (State.CONFIRMED, Kind.PRESENT),
    "Жаргалсайхан": (State.CONFIRMED, Kind.PRESENT),
    "Мандухай": (State.CONFIRMED, Kind.PRESENT),
    "Тэмүүлэн": (State.CONFIRMED, Kind.ABSENT),
    "Гэрэлтуяа": (State.CONFIRMED, Kind.PRESENT),
    "Идэр": (State.CONFIRMED, Kind.EXCUSED),
    "Үүрцайх": (State.INVITED, ""),
    "Сэлэнгэ": (State.CONFIRMED, Kind.PRESENT),
    "Учрал": (State.CONFIRMED, Kind.PRESENT),
    "Ялалт": (State.WAITLISTED, ""),
    "Эрдэнэцэцэг": (State.DECLINED, ""),
}
IN_TODAY = ("Очирбат", "Мандухай", "Учрал")
# Who was not at the earlier workshop on its second day, by the signed sheet.
AWAY = {"Булган": Kind.ABSENT, "Энэрэл": Kind.EXCUSED}


def load(people, project, past, *, by, desk):
    """Brings the workshop of today and the marks in; `past` is the workshop whose sheets are typed in.

    Marks are made by the clock, so this workshop is under way on the real day.
    """
    _sheets(past, by=desk)
    today = timezone.localdate()
    workshop = Workshop.objects.create(
        slug=TODAY,
        project=project,
        funder=project.donor,
        created_by=by,
        is_demo=True,
        kind=Workshop.Kind.TRAINING,
        title_en="Border management: a training for shift leaders",
        title_mn="Хилийн удирдлага: ээлжийн ахлагчдын сургалт",
        summary_en="Three days, of which this is the second. Part of the demonstration.",
        summary_mn="Гурван өдрийн сургалтын хоёр дахь өдөр. Үзүүлэн юм.",
        status=Workshop.Status.CONFIRMED,
        visibility=Workshop.Visibility.INTERNAL,
        starts_on=today - timedelta(days=1),
        ends_on=today + timedelta(days=1),
        capacity=12,
        place_en="Ulaanbaatar",
        place_mn="Улаанбаатар",
        venue_en="Training room, third floor (demonstration)",
        venue_mn="Сургалтын танхим, 3 дугаар давхар (үзүүлэн)",
        nomination_deadline=datetime.combine(today - timedelta(days=20), time(18), ULAANBAATAR),
        note="Invented for the demonstration: it is always under way, so that the check-in can be tried.",
    )
    yesterday, _today, tomorrow = days.settle(workshop)
    for starts, ends, title_en, title_mn in (
        (time(9), time(12, 30), "Morning", "Өглөөний хичээл"), (time(14), time(17), "Afternoon", "Үдээс хойших хичээл"),
    ):  # fmt: skip
        AgendaItem.objects.create(day=tomorrow, starts_at=starts, ends_at=ends, title_en=title_en, title_mn=title_mn, takes_attendance=True)
    rows = {name: _register(workshop, people[name], state, by=by) for name, (state, _kind) in AT_TODAYS.items()}
    for row in rows.values():
        if row.state in {State.CONFIRMED, State.INVITED}:
            links.issue(Link.Kind.BADGE, registration=row, by=by)
    morning = datetime.combine(yesterday.on, time(8, 52), ULAANBAATAR)
    for number, (name, (_state, kind)) in enumerate(AT_TODAYS.items()):
        if kind == Kind.PRESENT:
            seen = min(morning + timedelta(minutes=2 * number), timezone.now())
            attendance.mark(rows[name], yesterday, by=by, method=Method.SCAN, device_time=seen)
    attendance.tick_sheet(workshop, yesterday, {rows[name].pk: kind for name, (_state, kind) in AT_TODAYS.items() if kind and kind != Kind.PRESENT}, by=desk)
    attendance.unknown(workshop, yesterday, "a badge of another event", by=by, device_time=morning)
    for number, name in enumerate(IN_TODAY):
        attendance.mark(rows[name], _today, by=desk, method=Method.SCAN, device_time=timezone.now() - timedelta(minutes=9 - 2 * number))
    return workshop


def _register(workshop, person, state, *, by):
    declined = state == State.DECLINED
    row = registrations.register(
        workshop, person, by=by, become=State.INVITED if declined else state, via=Via.LETTER,
        organisation=person.positions.first().organisation, is_demo=True,
    ).registration  # fmt: skip
    return registrations.move(row, State.DECLINED, by=by, via=Via.PHONE) if declined else row


def _sheets(past, *, by):
    """What the signed sheets of the earlier workshop said, unless somebody typed them in already."""
    if AttendanceMark.objects.filter(workshop=past).exists():
        return
    for number, day in enumerate(past.meeting_days.all()):
        ticks = {row.pk: AWAY.get(row.given_name, Kind.PRESENT) if number else Kind.PRESENT for row in past.registrations.all()}
        attendance.tick_sheet(past, day, ticks, by=by)
