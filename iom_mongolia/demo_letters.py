"""Letters of the demonstration: those that its acts wrote, with some as drafts, one that failed and one that came back."""

from datetime import timedelta

from django.utils import timezone

from workshops.models import Letter, LetterStep

State = Letter.State


def load(workshop):
    """Nothing is written here: whatever the acts before wrote is brought into the states that an outbox shows."""
    # Invitations wait for somebody to read them, so that there is something to send in one go.
    Letter.objects.filter(workshop=workshop, kind="official-invitation", state=State.QUEUED).update(
        state=State.DRAFT, send_after=None, next_try_at=None
    )
    joining = Letter.objects.filter(workshop=workshop, kind="official-confirmed", state=State.QUEUED).order_by("pk")
    _some_days_ago(list(joining[:3]))


def _some_days_ago(written):
    """One that arrived, and two that did not reach their readers: refused, and come back."""
    now = timezone.now()
    for letter, state, words in zip(written, ["sent", "failed", "sent"], ["", "550 5.1.1 No such user here", "552 mailbox full"], strict=False):
        came_back = bool(words) and state == "sent"
        Letter.objects.filter(pk=letter.pk).update(
            state=state, attempts=1, created_at=now - timedelta(days=3), problem="" if state == "sent" else words,
            sent_at=now - timedelta(days=2) if state == "sent" else None, next_try_at=None,
            bounced_at=now - timedelta(days=1) if came_back else None, bounce_note=words if came_back else "",
        )  # fmt: skip
        LetterStep.objects.create(letter=letter, what=state, words="" if came_back else words)
        if came_back:
            LetterStep.objects.create(letter=letter, what="bounced", words=words)
