"""Letters of the demonstration: some on their way, some as drafts, one that failed and one that came back."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import override

from workshops import calendars, letters, links
from workshops.models import Letter, LetterStep, Link, State


def load(workshop, *, by):
    """Joining instructions to those who are confirmed, invitations to those who still have to answer."""
    rows = list(workshop.registrations.filter(state__in=[State.CONFIRMED, State.INVITED]).select_related("workshop", "organisation", "person"))
    joining = []
    for row in rows:
        if row.state == State.CONFIRMED:
            with override(row.person.preferred_language):
                calendar = calendars.calendar_of(workshop, registration=row, method="REQUEST")
            joining.append({"registration": row, "calendar": calendar})
    written = letters.write_many("official-confirmed", joining, by=by, calendar_method="REQUEST")
    asked = [{"registration": row, "link": links.issue(Link.Kind.ANSWER, registration=row, by=by)} for row in rows if row.state == State.INVITED]
    letters.write_many("official-invitation", asked, by=by, draft=True)
    _some_days_ago([letter for letter in written if letter.state == Letter.State.QUEUED][:3])


def _some_days_ago(written):
    """Two that did not reach their readers: refused, and come back."""
    now = timezone.now()
    for letter, state, words in zip(written, ["sent", "failed", "sent"], ["", "550 5.1.1 No such user here", "552 mailbox full"], strict=False):
        came_back = bool(words) and state == "sent"
        Letter.objects.filter(pk=letter.pk).update(
            state=state, attempts=1, created_at=now - timedelta(days=3), problem="" if state == "sent" else words,
            sent_at=now - timedelta(days=2) if state == "sent" else None,
            bounced_at=now - timedelta(days=1) if came_back else None, bounce_note=words if came_back else "",
        )  # fmt: skip
        LetterStep.objects.create(letter=letter, what=state, words="" if came_back else words)
