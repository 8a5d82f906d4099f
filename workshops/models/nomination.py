"""Nominations: what an institution was asked and whom it named, and the lists of officials that came in."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from contacts.models import ImportBatch, ImportRow, Level, Organisation, Person, Province, Sex
from contacts.models.person import only_for_somebody
from core import names
from core.history import tracked
from workshops.models.registration import Registration, Via
from workshops.models.workshop import Workshop


class NominationList(models.Model):
    """Ties an imported list to the workshop that it is for."""

    class Become(models.TextChoices):
        NOMINATED = "nominated", _("Nominated: decide about seats afterwards")
        CONFIRMED = "confirmed", _("Confirmed while seats are free, then the waiting list")

    batch = models.OneToOneField(ImportBatch, on_delete=models.CASCADE, related_name="nomination_list")
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="nomination_lists")
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="nomination_lists",
        help_text=_("For rows that name no institution of their own."),
    )
    become = models.CharField(_("the officials become"), max_length=10, choices=Become, default=Become.NOMINATED)

    class Meta:
        verbose_name = _("nomination list")
        verbose_name_plural = _("nomination lists")

    def __str__(self):
        if self.batch.source_kind == ImportBatch.NOMINEES and self.organisation:
            return str(_("Named by %(institution)s") % {"institution": self.organisation})
        return str(self.batch)


@tracked(exclude=["updated_at"])
class NominationRequest(models.Model):
    """What an institution was asked: whom it sends, until when, and how it answered."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Not sent")
        SENT = "sent", _("Sent")
        PARTLY = "partly", _("Partly answered")
        COMPLETE = "complete", _("Complete")
        DECLINED = "declined", _("Sends nobody")

    # Where the acts of requests.py and replies.py lead: the state follows from what was sent, who is named, and what the
    # institution said last.
    MOVES = {
        State.DRAFT: {State.SENT},
        State.SENT: {State.PARTLY, State.COMPLETE, State.DECLINED},
        State.PARTLY: {State.SENT, State.COMPLETE, State.DECLINED},
        State.COMPLETE: {State.SENT, State.PARTLY, State.DECLINED},
        State.DECLINED: {State.SENT},
    }

    workshop = models.ForeignKey(Workshop, verbose_name=_("workshop"), on_delete=models.CASCADE, related_name="nomination_requests")
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("institution"), on_delete=models.PROTECT, related_name="nomination_requests"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    letter_number = models.CharField(_("number of our letter"), max_length=50, blank=True)
    letter_on = models.DateField(_("date of our letter"), null=True, blank=True)
    language = models.CharField(_("language of the e-mail"), max_length=2, choices=[("en", _("English")), ("mn", _("Mongolian"))], default="mn")
    addressee = TranslatedField(
        models.CharField(
            _("addressee"), max_length=200, blank=True,
            help_text=_("Name and office of the person to whom the letter is written, for example the State Secretary."),
        )
    )
    # Somebody of the directory, or only a name: who answers for the institution.
    focal_point = models.ForeignKey(
        Person, verbose_name=_("focal point"), on_delete=models.SET_NULL, null=True, blank=True, related_name="nomination_requests"
    )
    focal_name = models.CharField(_("focal point's name"), max_length=200, blank=True)
    focal_email = models.EmailField(_("focal point's e-mail"), blank=True)
    focal_phone = models.CharField(_("focal point's phone"), max_length=40, blank=True)
    deadline = models.DateTimeField(
        _("answer until"), null=True, blank=True, help_text=_("Empty: the workshop's nomination deadline.")
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(_("last reminded"), null=True, blank=True, editable=False)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    decline_reason = models.CharField(_("why nobody comes"), max_length=300, blank=True)
    reply_number = models.CharField(_("number of the reply"), max_length=50, blank=True)
    reply_on = models.DateField(_("date of the reply"), null=True, blank=True)
    reply_file = models.FileField(_("reply letter"), upload_to="replies/%Y/", blank=True)
    note = models.TextField(_("note"), blank=True, help_text=_("For colleagues."))
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("nomination request")
        verbose_name_plural = _("nomination requests")
        triggers = only_for_somebody("focal_point")
        ordering = ["organisation__slug", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "organisation"],
                name="one_request_an_institution",
                violation_error_message=_("This institution has been asked already."),
            ),
            models.CheckConstraint(condition=Q(state="draft") | Q(sent_at__isnull=False), name="sent_request_says_when"),
        ]

    def __str__(self):
        return f"{self.organisation}: {self.get_state_display()}"

    @property
    def is_demo(self):
        return self.workshop.is_demo

    @property
    def answer_until(self):
        """Until when names are taken by the link; None where nobody has set a deadline."""
        return self.deadline or self.workshop.nomination_deadline

    @property
    def is_late(self):
        return bool(self.answer_until and self.answer_until <= timezone.now())

    @property
    def waits(self):
        """Whether the institution still has to answer, or to finish its answer."""
        return self.state in {self.State.SENT, self.State.PARTLY}

    # The focal point as typed, else as the directory knows them: three things from one person or from none.

    @property
    def contact_name(self):
        return self.focal_name or (self.focal_point.full_name if self.focal_point else "")

    @property
    def contact_address(self):
        """Where letters to the institution go; "" where no address is known."""
        if self.focal_email or self.focal_point is None:
            return self.focal_email
        known = sorted(self.focal_point.emails.all(), key=lambda email: not email.is_primary)
        return known[0].address if known else ""

    @property
    def contact_phone(self):
        if self.focal_phone or self.focal_point is None:
            return self.focal_phone
        return ", ".join(map(str, self.focal_point.phones.all()))


@tracked(exclude=["updated_at"])
class Nominee(models.Model):
    """One official as the institution named them, principals in order and then alternates; what became of it follows."""

    request = models.ForeignKey(NominationRequest, on_delete=models.CASCADE, related_name="nominees")
    is_alternate = models.BooleanField(_("alternate"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    patronymic = models.CharField(_("father's or mother's name"), max_length=100, blank=True)
    given_name_latin = models.CharField(_("given name in Latin"), max_length=100, blank=True)
    patronymic_latin = models.CharField(_("father's or mother's name in Latin"), max_length=100, blank=True)
    sex = models.CharField(_("sex"), max_length=7, choices=Sex, default=Sex.UNKNOWN)
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    department = models.CharField(_("department"), max_length=200, blank=True)
    level = models.CharField(_("level"), max_length=10, choices=Level, blank=True)
    province = models.CharField(_("province"), max_length=3, choices=Province, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    via = models.CharField(_("how it came in"), max_length=10, choices=Via, default=Via.NOMINATOR)
    # The row of the list that was made of it, and the registration that it led to once staff or the rules had matched it.
    import_row = models.ForeignKey(
        ImportRow, verbose_name=_("row of the list"), on_delete=models.SET_NULL, null=True, blank=True, related_name="nominees"
    )
    registration = models.OneToOneField(
        Registration, verbose_name=_("registration"), on_delete=models.SET_NULL, null=True, blank=True, related_name="nominee"
    )
    withdrawn_at = models.DateTimeField(_("taken out"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("nominee")
        verbose_name_plural = _("nominees")
        ordering = ["is_alternate", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(given_name="") | ~Q(given_name_latin=""),
                name="nominee_has_a_name",
                violation_error_message=_("Give the given name in Cyrillic or in Latin."),
            )
        ]

    def __str__(self):
        return names.display(self.given_name or self.given_name_latin, self.patronymic or self.patronymic_latin)

    @property
    def full_name(self):
        return names.display(self.given_name or self.given_name_latin, self.patronymic or self.patronymic_latin, initial=False)

    @property
    def counts(self):
        """Whether it is still one of those whom the institution sends: not taken out, and not ended by anybody."""
        return self.withdrawn_at is None and (self.registration is None or self.registration.is_live)
