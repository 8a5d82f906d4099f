"""A registration: one person at one workshop, its state, and every change of it."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import ImportRow, Level, Organisation, Person, Province
from contacts.models.person import only_for_somebody
from core import names
from core.history import tracked
from workshops.models.workshop import Workshop


class State(models.TextChoices):
    NOMINATED = "nominated", _("Nominated")
    WAITLISTED = "waitlisted", _("Waiting")
    INVITED = "invited", _("Invited")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REPLACED = "replaced", _("Replaced")
    CANCELLED = "cancelled", _("Cancelled")


HOLDING = (State.INVITED, State.CONFIRMED)
LIVE = (State.NOMINATED, State.WAITLISTED, State.INVITED, State.CONFIRMED)
ENDED = tuple(state for state in State if state not in LIVE)

# From each state, the states that an act may lead to. `replaced` is final; undoing is not a move but takes one back.
MOVES = {
    State.NOMINATED: {State.INVITED, State.WAITLISTED, State.CONFIRMED, State.REJECTED, State.WITHDRAWN, State.CANCELLED},
    State.WAITLISTED: {State.INVITED, State.CONFIRMED, State.REJECTED, State.WITHDRAWN, State.EXPIRED, State.CANCELLED},
    State.INVITED: {State.CONFIRMED, State.DECLINED, State.EXPIRED, State.WITHDRAWN, State.REPLACED, State.CANCELLED},
    State.CONFIRMED: {State.WITHDRAWN, State.REPLACED, State.CANCELLED},
    State.DECLINED: {State.INVITED, State.WAITLISTED},
    State.EXPIRED: {State.INVITED, State.WAITLISTED},
    State.WITHDRAWN: {State.INVITED, State.WAITLISTED},
    State.REJECTED: {State.NOMINATED, State.WAITLISTED, State.INVITED},
    State.CANCELLED: {State.NOMINATED},
    State.REPLACED: set(),
}
# Moves that take something from somebody: a reason is due.
REASON_DUE = {State.REJECTED, State.WITHDRAWN, State.CANCELLED, State.REPLACED}


class Via(models.TextChoices):
    """By which way a change came in."""

    STAFF = "staff", _("staff")
    NOMINATOR = "nominator", _("focal point")
    SELF = "self", _("the person")
    PHONE = "phone", _("telephone")
    LETTER = "letter", _("letter")
    IMPORT = "import", _("list")
    SYSTEM = "system", _("system")


class RegistrationQuerySet(models.QuerySet):
    def live(self):
        return self.filter(state__in=LIVE)

    def holding(self):
        """Those that hold a seat of the workshop's places."""
        return self.filter(state__in=HOLDING, counts=True)

    def out_of_time(self, now=None):
        """Invited, and the time to answer is over: the seat is free. Nobody runs out of time at a workshop that is put off or
        does not take place."""
        running = [Workshop.Status.DRAFT, Workshop.Status.NOMINATING, Workshop.Status.CONFIRMED, Workshop.Status.RUNNING]
        return self.filter(state=State.INVITED, offer_expires_at__lte=now or timezone.now(), workshop__status__in=running)

    def waiting(self):
        """The waiting list in its order."""
        return self.filter(state=State.WAITLISTED).order_by("waiting_rank")


# What a registration counts for, in the trigger's words.
_COUNT = """
    -- The old row gives its seat back, the new one takes one; CHECK constraints refuse one too many, and a seat that is
    -- guaranteed to another institution and not yet used or released is not free. Holds for bulk writes and raw SQL too.
    DECLARE
        was boolean := false;
        is_now boolean := false;
        kept integer;
        places integer;
        taken integer;
    BEGIN
        IF TG_OP <> 'INSERT' THEN was := OLD.counts AND OLD.state IN ('invited', 'confirmed'); END IF;
        IF TG_OP <> 'DELETE' THEN is_now := NEW.counts AND NEW.state IN ('invited', 'confirmed'); END IF;
        IF was AND is_now AND OLD.workshop_id = NEW.workshop_id
           AND OLD.organisation_id IS NOT DISTINCT FROM NEW.organisation_id AND OLD.over_seats = NEW.over_seats THEN
            RETURN NULL;
        END IF;
        IF was THEN
            UPDATE workshops_workshop SET seats_held = seats_held - 1, seats_over = seats_over - OLD.over_seats::int
             WHERE id = OLD.workshop_id;
            UPDATE workshops_seatallocation SET held = held - 1, held_over = held_over - OLD.over_seats::int
             WHERE workshop_id = OLD.workshop_id AND organisation_id = OLD.organisation_id;
        END IF;
        IF is_now THEN
            UPDATE workshops_workshop SET seats_held = seats_held + 1, seats_over = seats_over + NEW.over_seats::int
             WHERE id = NEW.workshop_id RETURNING seats_held, capacity INTO taken, places;
            UPDATE workshops_seatallocation SET held = held + 1, held_over = held_over + NEW.over_seats::int
             WHERE workshop_id = NEW.workshop_id AND organisation_id = NEW.organisation_id;
            IF places IS NOT NULL AND NOT NEW.over_seats THEN
                SELECT coalesce(sum(greatest(guaranteed - held, 0)), 0) INTO kept
                  FROM workshops_seatallocation
                 WHERE workshop_id = NEW.workshop_id AND released_at IS NULL
                   AND organisation_id IS DISTINCT FROM NEW.organisation_id;
                IF taken + kept > places THEN
                    RAISE EXCEPTION 'no seat is free' USING ERRCODE = 'check_violation', CONSTRAINT = 'seat_is_free';
                END IF;
            END IF;
        END IF;
        RETURN NULL;
    END;
"""


@tracked(exclude=["updated_at"])
class Registration(models.Model):
    class Role(models.TextChoices):
        PARTICIPANT = "participant", _("Participant")
        FACILITATOR = "facilitator", _("Facilitator")
        SPEAKER = "speaker", _("Speaker")
        INTERPRETER = "interpreter", _("Interpreter")
        OBSERVER = "observer", _("Observer")
        ORGANISER = "organiser", _("Organiser")

    workshop = models.ForeignKey(Workshop, verbose_name=_("workshop"), on_delete=models.PROTECT, related_name="registrations")
    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="registrations")
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.PARTICIPANT)
    counts = models.BooleanField(_("takes one of the places"), default=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NOMINATED, editable=False)
    is_alternate = models.BooleanField(
        _("alternate"), default=False,
        help_text=_("Comes if somebody of the same institution cannot."),
    )
    # As of the event: what stays true when the person moves on or the ministry is renamed.
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("institution"), on_delete=models.PROTECT, null=True, blank=True, related_name="registrations"
    )
    given_name = models.CharField(
        _("given name"), max_length=100, blank=True,
        help_text=_("As of the workshop; it stays when the person's record changes."),
    )
    patronymic = models.CharField(
        _("father's or mother's name"), max_length=100, blank=True,
        help_text=_("As of the workshop; it stays when the person's record changes."),
    )
    given_name_latin = models.CharField(
        _("given name in Latin"), max_length=100, blank=True,
        help_text=_("As on the certificate."),
    )
    patronymic_latin = models.CharField(
        _("father's or mother's name in Latin"), max_length=100, blank=True,
        help_text=_("As on the certificate."),
    )
    job_title = models.CharField(_("job title"), max_length=200, blank=True, help_text=_("As of the workshop."))
    department = models.CharField(_("department"), max_length=200, blank=True, help_text=_("As of the workshop."))
    rank = models.CharField(_("rank"), max_length=100, blank=True, help_text=_("As of the workshop."))
    level = models.CharField(
        _("level"), max_length=10, choices=Level, blank=True, help_text=_("As of the workshop, for the donor's figures.")
    )
    province = models.CharField(
        _("province"), max_length=3, choices=Province, blank=True, help_text=_("As of the workshop, for the donor's figures.")
    )
    sort_key = models.CharField(max_length=500, blank=True, editable=False)

    arrival = models.PositiveIntegerField(_("arrival"), db_default=0, default=0, editable=False)
    waiting_rank = models.PositiveIntegerField(_("place on the waiting list"), null=True, blank=True, editable=False)
    # Until when an invitation or an offered seat waits for the answer; then the seat is free by itself.
    offer_expires_at = models.DateTimeField(_("answer until"), null=True, blank=True, editable=False)
    over_seats = models.BooleanField(_("over the seats"), default=False, editable=False)
    override_reason = models.CharField(_("reason for going over the seats"), max_length=300, blank=True, editable=False)
    replaces = models.OneToOneField(
        "self", verbose_name=_("replaces"), on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="replaced_by"
    )
    import_row = models.ForeignKey(
        ImportRow, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="registrations"
    )
    request_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    note = models.CharField(_("note"), max_length=300, blank=True, help_text=_("For colleagues."))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["sort_key", "pk"]
        indexes = [models.Index(fields=["workshop", "state"], name="registration_by_state"),
            models.Index(fields=["offer_expires_at"], condition=Q(state="invited"), name="offers_by_end"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "person"],
                condition=Q(state__in=["nominated", "waitlisted", "invited", "confirmed"]),
                name="one_live_registration",
                violation_error_message=_("This person is registered for this workshop already."),
            ),
            models.UniqueConstraint(
                fields=["workshop", "waiting_rank"], condition=Q(state="waitlisted"), name="waiting_rank_once"
            ),
            models.UniqueConstraint(fields=["workshop", "arrival"], name="arrival_once"),
            models.CheckConstraint(
                condition=~Q(state="waitlisted") | Q(waiting_rank__isnull=False), name="waiting_has_a_rank"
            ),
            models.CheckConstraint(
                condition=Q(over_seats=False) | ~Q(override_reason=""),
                name="override_has_a_reason",
                violation_error_message=_("Going over the seats needs a reason."),
            ),
        ]
        triggers = [
            *only_for_somebody("person"),
            pgtrigger.Trigger(
                name="number_the_arrival",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    UPDATE workshops_workshop SET arrivals = arrivals + 1 WHERE id = NEW.workshop_id
                    RETURNING arrivals INTO NEW.arrival;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="keep_the_count",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.After,
                func=_COUNT,
            ),
        ]

    def __str__(self):
        return self.short_name

    def snapshot(self, position=None):
        """Copies the person's names, and the job of a position, as they are today."""
        person = self.person
        for field in ("given_name", "patronymic", "given_name_latin", "patronymic_latin"):
            setattr(self, field, getattr(person, field))
        self.sort_key = person.sort_key
        if position is not None:
            # Not in the language of whoever happens to be at work: it stands so on lists and letters in both.
            self.job_title = position.title_mn or position.title_en
            self.department = position.department
            self.rank = position.rank
            self.level = position.level
            self.province = position.province
            if self.organisation_id is None:
                self.organisation_id = position.organisation_id

    @property
    def name_parts(self):
        """(given name, father's name) in the reader's language."""
        from django.utils.translation import get_language

        if get_language() == "mn":
            return self.given_name or self.given_name_latin, self.patronymic or self.patronymic_latin
        return (
            self.given_name_latin or names.romanise(self.given_name),
            self.patronymic_latin or names.romanise(self.patronymic),
        )

    @property
    def short_name(self):
        return names.display(*self.name_parts) or str(_("(name removed)"))

    @property
    def full_name(self):
        return names.display(*self.name_parts, initial=False) or str(_("(name removed)"))

    @property
    def is_out_of_time(self):
        """Invited, and the time to answer is over; the clock or whoever asks for a seat next writes it down."""
        return self.state == State.INVITED and self.offer_expires_at is not None and self.offer_expires_at <= timezone.now()

    @property
    def is_live(self):
        return self.state in LIVE

    @property
    def holds_a_seat(self):
        return self.state in HOLDING and self.counts

    @property
    def possible_moves(self):
        """States that an act may lead to from here, in the order of State."""
        return [state for state in State if state in MOVES[State(self.state)]]


class ActBatch(models.Model):
    """Several changes made by one press of a button, which one press can undo."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="batches")
    act = models.CharField(max_length=20)
    # Nobody where a focal point, the person or the clock did it.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-at"]

    def __str__(self):
        return f"{self.act} {self.at:%Y-%m-%d %H:%M}"


class StateChange(models.Model):
    """One change of a registration's state; rows are added and never altered."""

    registration = models.ForeignKey(
        Registration, verbose_name=_("registration"), on_delete=models.CASCADE, related_name="changes"
    )
    from_state = models.CharField(_("state before"), max_length=10, choices=State, blank=True)
    to_state = models.CharField(_("state after"), max_length=10, choices=State)
    via = models.CharField(_("how it came in"), max_length=10, choices=Via, default=Via.STAFF)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("changed by"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(_("changed at"), auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    override_reason = models.CharField(_("reason for going over the seats"), max_length=300, blank=True)
    batch = models.ForeignKey(ActBatch, on_delete=models.CASCADE, null=True, blank=True, related_name="changes")
    undoes = models.OneToOneField("self", on_delete=models.CASCADE, null=True, blank=True, related_name="undone_by")

    class Meta:
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")
        ordering = ["at", "pk"]
        triggers = [pgtrigger.Protect(name="changes_stay", operation=pgtrigger.Update)]

    def __str__(self):
        return f"{self.get_from_state_display()} → {self.get_to_state_display()}".strip()
