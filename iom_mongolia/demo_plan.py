"""What the demonstration shows of planning: checklists on their way, and the settings of letters and certificates."""

from datetime import timedelta

from contacts.models import PressContact
from workshops import checklists
from workshops.models import Workshop

CONTACT = {
    "contact_name": "Ц. Мичидмаа",
    "contact_email": "workshops@iom.example",
    "contact_phone": "+976 7000 0000",
    "signatory_en": "Chief of Mission, IOM Mongolia",
    "signatory_mn": "Төлөөлөгчийн газрын дарга, ОУШХБ-ын Монгол дахь төлөөлөгчийн газар",
}


def load(upcoming, next_weeks, past, *, today, by):
    PressContact.objects.create(
        name="Press desk (demonstration)", office_en="IOM Mongolia", office_mn="ОУШХБ-ын Монгол дахь төлөөлөгчийн газар",
        email="press@iom.example", languages="English, Монгол", is_demo=True,
    )  # fmt: skip
    upcoming.answer_deadline = upcoming.nomination_deadline + timedelta(days=8)
    upcoming.release_on = upcoming.starts_on - timedelta(days=14)
    upcoming.report_due_on = upcoming.ends_on + timedelta(days=30)
    next_weeks.hours = 12
    for workshop in (upcoming, next_weeks, past):
        Workshop.objects.filter(pk=workshop.pk).update(
            **{name: getattr(workshop, name) for name in ("answer_deadline", "release_on", "report_due_on", "hours")}
        )
    _checklist(upcoming, today=today, by=by, late=1)
    _checklist(next_weeks, today=today, by=by, late=2)
    for item in checklists.begin(past, by=by):
        checklists.tick(item, by=by)


def _checklist(workshop, *, today, by, late):
    """The usual list, ticked up to today but for the last few that are due."""
    due = [item for item in checklists.begin(workshop, by=by) if workshop.starts_on + timedelta(days=item.offset_days) <= today and not item.fact]
    for item in due[: len(due) - late if late else None]:
        checklists.tick(item, by=by)
