"""The shape of what staff type about workshops, seats and registrations; the rules are in the acts."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.forms import day_input, institution_choices  # noqa: F401 (views take the choices from here)
from contacts.models import Organisation, Sex
from contacts.people import NAME_FIELDS, read_email, read_phones
from office.models import WorkArea
from workshops.models import ChecklistItem, Project, Registration, State, Via, Workshop


def moment_input():
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class SplitTextMixin:
    """Blanks around and between words go away in every text of one line."""

    def clean(self):
        cleaned = super().clean()
        for name, value in cleaned.items():
            if isinstance(value, str) and not isinstance(self.fields[name].widget, forms.Textarea):
                cleaned[name] = " ".join(value.split())
        return cleaned


class UsualNumbersMixin:
    """Numbers that may be left empty because there is a usual one."""

    USUAL = {"offer_hours": 48, "attendance_required": 80}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.USUAL.keys() & self.fields.keys():
            self.fields[name].required = False
            self.fields[name].widget.attrs["inputmode"] = "numeric"

    def clean(self):
        cleaned = super().clean()
        for name in self.USUAL.keys() & self.fields.keys():
            if cleaned.get(name) is None and name not in self.errors:
                cleaned[name] = self.USUAL[name]
        return cleaned


class WorkshopForm(UsualNumbersMixin, SplitTextMixin, forms.ModelForm):
    class Meta:
        model = Workshop
        fields = [
            "title_en", "title_mn", "kind", "summary_en", "summary_mn", "starts_on", "ends_on", "precision", "place_en", "place_mn",
            "venue_en", "venue_mn", "time_zone", "capacity", "nomination_deadline", "answer_deadline", "release_on", "list_frozen_at",
            "offers_itself", "offer_hours", "work_areas", "project", "funder", "report_due_on", "contact_name", "contact_email",
            "contact_phone", "signatory_en", "signatory_mn", "attendance_required", "hours", "visibility", "note",
        ]  # fmt: skip
        widgets = {
            "starts_on": day_input(),
            "ends_on": day_input(),
            "nomination_deadline": moment_input(),
            "answer_deadline": moment_input(),
            "release_on": day_input(),
            "list_frozen_at": moment_input(),
            "report_due_on": day_input(),
            "work_areas": forms.CheckboxSelectMultiple,
            "summary_en": forms.Textarea(attrs={"rows": 3}),
            "summary_mn": forms.Textarea(attrs={"rows": 3}),
            "note": forms.Textarea(attrs={"rows": 3}),
        }
        labels = {
            "title_en": _("Title in English"),
            "title_mn": _("Title in Mongolian"),
            "summary_en": _("Summary in English"),
            "summary_mn": _("Summary in Mongolian"),
            "starts_on": _("First day"),
            "ends_on": _("Last day"),
            "precision": _("How exactly the days are known"),
            "place_en": _("Town or province in English"),
            "place_mn": _("Town or province in Mongolian"),
            "venue_en": _("House and room in English"),
            "venue_mn": _("House and room in Mongolian"),
            "capacity": _("Number of places"),
            "nomination_deadline": _("Nominations are accepted until"),
            "answer_deadline": _("Invited officials answer until"),
            "release_on": _("Unused guaranteed seats are released on"),
            "list_frozen_at": _("No freed place is offered after"),
            "offers_itself": _("Offer a freed seat to the next in line at once"),
            "offer_hours": _("Hours for which an offer holds"),
            "attendance_required": _("Attendance required for a certificate, per cent"),
            "hours": _("Hours of training"),
            "report_due_on": _("Report to the donor due on"),
            "contact_name": _("Contact at the office"),
            "signatory_en": _("Signed by, in English"),
            "signatory_mn": _("Signed by, in Mongolian"),
            "visibility": _("Who sees it"),
            "note": _("Internal note"),
        }
        help_texts = {
            "title_en": _("At least one of the two titles is needed; the public page appears in the languages that have one."),
            "title_mn": "",
            "place_en": "",
            "place_mn": "",
            "venue_en": "",
            "venue_mn": "",
            "summary_mn": "",
            "nomination_deadline": _("Until then institutions may change their answer by their link. A single one can have a day of its own."),
            "answer_deadline": _("Empty: until the first day."),
            "release_on": _("From this day they are free for everybody. Empty: by hand."),
            "list_frozen_at": _("Empty: until the workshop begins."),
            "offers_itself": _("Not ticked: staff press the button."),
            "offer_hours": _("Then the seat is free again."),
            "attendance_required": _("Of the days, or of the sessions at which attendance is taken."),
            "hours": _("Stated on the certificate. Empty: it states the days."),
            "report_due_on": "",
            "contact_name": _("Who answers questions; stated in letters."),
            "contact_email": _("Answers to letters go there."),
            "contact_phone": "",
            "signatory_en": _("Name and office, as on letters and certificates."),
            "signatory_mn": "",
            "capacity": _("May stay empty while it is not known; nobody is put on a waiting list then."),
        }

    # How the page parts the form: (heading, rows of fields side by side, what is inside where it can be folded away).
    GROUPS = [
        (_("What it is"), [["title_en"], ["title_mn"], ["kind"], ["summary_en"], ["summary_mn"]], ""),
        (_("When and where"), [["starts_on", "ends_on"], ["precision", "time_zone"], ["place_en", "place_mn"], ["venue_en", "venue_mn"]], ""),
        (_("Places and deadlines"), [["capacity"], ["nomination_deadline", "answer_deadline"], ["release_on", "list_frozen_at"]], ""),
        (_("What it is about and who pays"), [["work_areas"], ["project"], ["funder"], ["report_due_on"]], ""),
        (
            _("Letters and documents"),
            [["contact_name"], ["contact_email", "contact_phone"], ["signatory_en", "signatory_mn"]],
            _("Contact, and who signs"),
        ),
        (
            _("Rules for seats and certificates"),
            [["offers_itself"], ["offer_hours"], ["attendance_required", "hours"]],
            _("How long an offer holds, attendance required, hours"),
        ),
        (_("For the office"), [["visibility"], ["note"]], ""),
    ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["work_areas"].queryset = WorkArea.objects.all()
        self.fields["project"].queryset = Project.objects.all()
        self.fields["funder"].queryset = Organisation.objects.filter(kind__in=["donor", "un", "partner"])
        if self.instance.funder_id:
            self.fields["funder"].queryset |= Organisation.objects.filter(pk=self.instance.funder_id)
        for name in ("title_mn", "summary_mn", "place_mn", "venue_mn", "signatory_mn"):
            self.fields[name].widget.attrs["lang"] = "mn"

    def groups(self):
        """(heading, rows of fields, hint, open) of each part; one that can be folded away is open where something is wrong in it, and
        that of the contact where a workshop that there is names none: the plan's step leads to it."""
        nobody = bool(self.instance.pk) and not (self.instance.contact_phone or self.instance.contact_email)
        return [
            (
                heading,
                [[self[name] for name in row] for row in rows],
                hint,
                not hint or any(self.errors.get(name) or (nobody and name == "contact_name") for row in rows for name in row),
            )
            for heading, rows, hint in self.GROUPS
        ]


class ReasonForm(SplitTextMixin, forms.Form):
    """Why something becomes otherwise, as it stands in the letters in either language."""

    reason_en = forms.CharField(label=_("Reason in English"), max_length=300, required=False)
    reason_mn = forms.CharField(
        label=_("Reason in Mongolian"), max_length=300, required=False, widget=forms.TextInput(attrs={"lang": "mn"}),
        help_text=_("One of the two is needed; it stands in the letters. Given in one language alone, both say the same."),
    )

    needs_one = True

    def clean(self):
        cleaned = super().clean()
        if self.needs_one and not (cleaned.get("reason_en") or cleaned.get("reason_mn")) and not {"reason_en", "reason_mn"} & set(self.errors):
            self.add_error("reason_en", ValidationError(_("Give a reason."), code="reason_due"))
        return cleaned

    @property
    def reason(self):
        """As the acts of planning take it."""
        return {language: self.cleaned_data.get(f"reason_{language}", "") for language in ("en", "mn")}


class ReasonOfLettersForm(ReasonForm):
    """Beside the plan of a workshop: a reason, needed only where letters follow, which the act finds out."""

    needs_one = False


class WorkshopMoveForm(ReasonForm):
    """Other dates or another place for a workshop; `seen` is what the preview showed, so that nothing else is done."""

    starts_on = forms.DateField(label=_("First day"), widget=day_input())
    ends_on = forms.DateField(label=_("Last day"), widget=day_input(), required=False)
    place_en = forms.CharField(label=_("Town or province in English"), max_length=100, required=False)
    place_mn = forms.CharField(label=_("Town or province in Mongolian"), max_length=100, required=False)
    venue_en = forms.CharField(label=_("House and room in English"), max_length=200, required=False)
    venue_mn = forms.CharField(label=_("House and room in Mongolian"), max_length=200, required=False)
    shift_deadlines = forms.BooleanField(
        label=_("Deadlines move along"), required=False, initial=True,
        help_text=_("They keep their distance from the first day. Not ticked: they stay as they are."),
    )
    become = forms.ChoiceField(
        label=_("The workshop becomes"), required=False,
        choices=[(status, status.label) for status in (Workshop.Status.NOMINATING, Workshop.Status.CONFIRMED)],
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    PLAN = ("starts_on", "ends_on", "place_en", "place_mn", "venue_en", "venue_mn")

    def __init__(self, *args, workshop, **kwargs):
        kwargs.setdefault("initial", {name: getattr(workshop, name) for name in self.PLAN} | {"shift_deadlines": True})
        super().__init__(*args, **kwargs)
        self.workshop = workshop
        if workshop.status != Workshop.Status.POSTPONED:
            del self.fields["become"]
        for name in ("place_mn", "venue_mn"):
            self.fields[name].widget.attrs["lang"] = "mn"

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and not last and "ends_on" not in self.errors:
            cleaned["ends_on"] = first + timedelta(days=max((self.workshop.days or 1) - 1, 0))
        elif first and last and last < first:
            self.add_error("ends_on", _("A workshop cannot end before it begins."))
        return cleaned

    def act(self):
        """What planning.move takes."""
        plan = {name: value for name, value in self.cleaned_data.items() if name in {*self.PLAN, "shift_deadlines"}}
        return plan | {"become": self.cleaned_data.get("become") or None, "reason": self.reason}

    def signature(self):
        """What was typed, as one line: the same for the preview and for the press of the button that follows it."""
        return "|".join(str(self.cleaned_data.get(name, "")) for name in (*self.PLAN, "shift_deadlines", "become", "reason_en", "reason_mn"))


class ChecklistItemForm(SplitTextMixin, forms.ModelForm):
    """One thing to prepare; the day as a number before or after the first one."""

    days = forms.IntegerField(label=_("Days"), min_value=0, max_value=999)
    side = forms.ChoiceField(label=_("Before or after"), choices=[("before", _("before the first day")), ("after", _("after the first day"))])

    class Meta:
        model = ChecklistItem
        fields = ["title_en", "title_mn", "fact"]
        labels = {"title_en": _("What there is to do, in English"), "title_mn": _("What there is to do, in Mongolian"), "fact": _("Done as soon as")}
        widgets = {"title_mn": forms.TextInput(attrs={"lang": "mn"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial |= {
                "days": abs(self.instance.offset_days), "side": "before" if self.instance.offset_days < 0 else "after",
            }  # fmt: skip
        self.fields["days"].widget.attrs["inputmode"] = "numeric"
        self.fields["fact"].choices = [("", _("somebody ticks it")), *ChecklistItem.Fact.choices]

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("title_en") and not cleaned.get("title_mn"):
            self.add_error("title_en", _("Say what there is to do, in English or Mongolian."))
        return cleaned

    def _post_clean(self):
        """The act stores and judges; the row at hand stays as it is in the database."""

    def details(self):
        cleaned = self.cleaned_data
        days = cleaned["days"] * (-1 if cleaned["side"] == "before" else 1)
        return {"title_en": cleaned["title_en"], "title_mn": cleaned["title_mn"], "fact": cleaned["fact"], "offset_days": days}


class CloneForm(SplitTextMixin, forms.Form):
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    title_mn = forms.CharField(label=_("Title in Mongolian"), max_length=200, required=False, widget=forms.TextInput(attrs={"lang": "mn"}))
    starts_on = forms.DateField(label=_("First day"), widget=day_input())
    ends_on = forms.DateField(label=_("Last day"), widget=day_input())
    materials = forms.BooleanField(label=_("Take the materials along"), required=False, help_text=_("Links and files for everybody and for participants."))

    def __init__(self, *args, has_materials=True, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_materials:
            del self.fields["materials"]

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("title_en") and not cleaned.get("title_mn"):
            self.add_error("title_en", _("Give the title in English or Mongolian."))
        if cleaned.get("starts_on") and cleaned.get("ends_on") and cleaned["ends_on"] < cleaned["starts_on"]:
            self.add_error("ends_on", _("A workshop cannot end before it begins."))
        return cleaned


class StatusForm(forms.Form):
    to = forms.ChoiceField(choices=Workshop.Status.choices)


# Seats --------------------------------------------------------------------------------------------------------


class SeatRowForm(forms.Form):
    """One institution's seats. `institutions` is {id: Organisation}, fetched once for all rows."""

    organisation = forms.TypedChoiceField(label=_("Institution"), coerce=int, empty_value=None, required=False)
    guaranteed = forms.IntegerField(label=_("Guaranteed"), min_value=0, max_value=10_000, required=False)
    maximum = forms.IntegerField(label=_("Maximum"), min_value=0, max_value=10_000, required=False)
    women_sought = forms.IntegerField(label=_("Women sought"), min_value=0, max_value=10_000, required=False)
    remove = forms.BooleanField(label=_("Take out"), required=False)

    def __init__(self, *args, institutions, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.institutions = institutions
        self.fields["organisation"].choices = choices
        present = self.initial.get("organisation")
        self.present = institutions.get(present)
        if self.present:
            # An institution that stands in the list is not exchanged but taken out.
            self.fields["organisation"].choices = [(present, str(self.present))]
            self.fields["organisation"].widget = forms.HiddenInput()
        for name in ("guaranteed", "maximum", "women_sought"):
            self.fields[name].widget.attrs.update(inputmode="numeric")

    def clean(self):
        cleaned = super().clean()
        given = any(cleaned.get(name) is not None for name in ("guaranteed", "maximum", "women_sought"))
        if given and not cleaned.get("organisation") and not self.errors and not cleaned.get("remove"):
            self.add_error("organisation", _("Choose the institution."))
        return cleaned

    def row(self):
        """The row for seats.allocate, or None for an empty line and one that is taken out."""
        cleaned = self.cleaned_data
        if cleaned.get("remove") or not cleaned.get("organisation"):
            return None
        return {
            "organisation": self.institutions[cleaned["organisation"]],
            "guaranteed": cleaned["guaranteed"] or 0,
            "maximum": cleaned["maximum"],
            "women_sought": cleaned["women_sought"],
        }


SeatFormSet = forms.formset_factory(SeatRowForm, extra=0, absolute_max=300, max_num=300)


# Registrations ------------------------------------------------------------------------------------------------

BECOME = [(State.CONFIRMED, State.CONFIRMED.label), (State.NOMINATED, State.NOMINATED.label)]
STAFF_VIA = [(via, via.label) for via in (Via.STAFF, Via.PHONE, Via.LETTER, Via.NOMINATOR, Via.SELF)]


class RegisterForm(forms.Form):
    """What the type-ahead sends. The person is looked up by the view, so that a form costs no query."""

    person = forms.IntegerField(min_value=1, max_value=2**62, error_messages={"required": _("Choose a person.")})
    become = forms.ChoiceField(choices=[*BECOME, (State.WAITLISTED, ""), (State.INVITED, "")], required=False)
    via = forms.ChoiceField(choices=STAFF_VIA, required=False)
    over_reason = forms.CharField(max_length=300, required=False)
    request_key = forms.UUIDField(required=False)
    back = forms.CharField(required=False)

    def clean_become(self):
        return self.cleaned_data["become"] or State.CONFIRMED

    def clean_via(self):
        return self.cleaned_data["via"] or Via.STAFF


class NewPersonForm(SplitTextMixin, forms.Form):
    """The short form for somebody whom the directory does not know."""

    given_name = forms.CharField(label=_("Given name"), max_length=100, error_messages={"required": _("Give the given name in Cyrillic or in Latin.")})
    patronymic = forms.CharField(label=_("Father's or mother's name"), max_length=100, required=False)
    given_name_latin = forms.CharField(label=_("Given name in Latin"), max_length=100, required=False)
    patronymic_latin = forms.CharField(label=_("Father's or mother's name in Latin"), max_length=100, required=False)
    clan_name = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, initial=Sex.UNKNOWN, required=False)
    organisation = forms.TypedChoiceField(label=_("Institution"), coerce=int, empty_value=None, required=False)
    job_title = forms.CharField(label=_("Job title"), max_length=200, required=False)
    email = forms.CharField(label=_("E-mail"), max_length=320, required=False, widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}))
    email_is_shared = forms.BooleanField(label=_("An office mailbox that others have too"), required=False)
    phones = forms.CharField(label=_("Phone"), max_length=200, required=False, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}))

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = choices
        # Somebody whose name is known in Latin letters alone needs no other.
        known = self.data if self.is_bound else self.initial
        self.fields["given_name"].required = not known.get("given_name_latin")
        if not self.is_bound:
            self.fields["organisation"].widget.attrs["autofocus"] = True

    def clean_email(self):
        return read_email(self.cleaned_data["email"])

    def clean_phones(self):
        return read_phones(self.cleaned_data["phones"]) if self.cleaned_data["phones"].strip() else []

    def clean_sex(self):
        return self.cleaned_data["sex"] or Sex.UNKNOWN

    def person_details(self):
        """What people.add takes, but the institution."""
        return {name: self.cleaned_data[name] for name in (*NAME_FIELDS, "sex", "job_title", "email", "email_is_shared", "phones")}


# What staff call leading a registration to a state, on their pages and in the admin.
VERBS = {
    State.NOMINATED: _("Nominate again"),
    State.CONFIRMED: _("Confirm"),
    State.INVITED: _("Invite"),
    State.WAITLISTED: _("Put on the waiting list"),
    State.WITHDRAWN: _("Withdraw"),
    State.REJECTED: _("Reject"),
    State.CANCELLED: pgettext_lazy("a registration", "Cancel"),
    State.DECLINED: _("Has declined"),
    State.EXPIRED: _("Has expired"),
}


class MoveForm(forms.Form):
    """Several registrations and where they shall go."""

    to = forms.ChoiceField(choices=[(state, state.label) for state in State if state != State.REPLACED])
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
    over_reason = forms.CharField(label=_("Reason for going over the seats"), max_length=300, required=False)
    via = forms.ChoiceField(label=_("How it came in"), choices=STAFF_VIA, required=False)

    def clean_via(self):
        return self.cleaned_data["via"] or Via.STAFF


class SnapshotForm(SplitTextMixin, forms.Form):
    organisation = forms.TypedChoiceField(label=_("Institution"), coerce=int, empty_value=None, required=False)
    job_title = forms.CharField(label=_("Job title"), max_length=200, required=False)
    department = forms.CharField(label=_("Department"), max_length=200, required=False)
    rank = forms.CharField(label=_("Rank"), max_length=100, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Registration.Role.choices, help_text=_("Only participants take one of the places."))
    is_alternate = forms.BooleanField(label=_("Alternate"), required=False, help_text=_("Comes where somebody of the same institution cannot."))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    over_reason = forms.CharField(
        label=_("Reason for going over the seats"), max_length=300, required=False,
        help_text=_("Only where the institution has no free seat; the reason stays visible."),
    )  # fmt: skip

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = choices
