"""The shape of what is typed or sent at the door; the rules are in workshops.attendance."""

import uuid
from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import Sex
from contacts.people import read_phones
from core.names import is_cyrillic
from workshops.attendance import Kind, Method
from workshops.forms import SplitTextMixin

LARGEST_KEY = 2**63 - 1
MOST_AT_ONCE = 100


class OverSeatsForm(forms.Form):
    """Letting somebody in where no seat is free: for organisers, with a reason."""

    over_reason = forms.CharField(
        label=_("Reason for going over the seats"), max_length=300, required=False,
        help_text=_("Only where no seat is free; the reason stays visible."),
    )  # fmt: skip


class WalkInForm(SplitTextMixin, OverSeatsForm):
    """Somebody whom the directory does not know, in as few words as the door allows."""

    given_name = forms.CharField(label=_("Given name"), max_length=100, error_messages={"required": _("Give the given name.")})
    patronymic = forms.CharField(label=_("Father's or mother's name"), max_length=100, required=False)
    organisation = forms.TypedChoiceField(label=_("Institution"), coerce=int, empty_value=None, required=False)
    job_title = forms.CharField(label=_("Job title"), max_length=200, required=False)
    phones = forms.CharField(label=_("Phone"), max_length=200, required=False, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}))
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, initial=Sex.UNKNOWN, required=False)

    field_order = ["given_name", "patronymic", "organisation", "job_title", "phones", "sex", "over_reason"]

    def __init__(self, *args, choices, may_go_over, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = choices
        if not may_go_over:
            del self.fields["over_reason"]

    def clean_phones(self):
        return read_phones(self.cleaned_data["phones"]) if self.cleaned_data["phones"].strip() else []

    def person_details(self):
        """What people.add takes: the names under the script in which they were typed."""
        after = "" if is_cyrillic(self.cleaned_data["given_name"] + self.cleaned_data["patronymic"]) else "_latin"
        return {
            f"given_name{after}": self.cleaned_data["given_name"],
            f"patronymic{after}": self.cleaned_data["patronymic"],
            "sex": self.cleaned_data["sex"] or Sex.UNKNOWN,
            "phones": self.cleaned_data["phones"],
            "job_title": self.cleaned_data["job_title"],
        }


class SignedSheetForm(SplitTextMixin, forms.Form):
    file = forms.FileField(
        label=_("Scan of the signed sheet"), help_text=_("PDF, JPG or PNG, 10 MB at most."), error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


def read_entries(sent):
    """What a device sends, as (entries for attendance.mark_many, {uuid: ValidationError} of marks that cannot be read). One such
    mark holds up no other: a device sends the oldest first, and would send it for ever. Refuses what is no list of marks, or
    has one without a key of its own ("unreadable").

    sent: {"marks": [{"uuid", "time" (milliseconds since 1970), and "person" (key) or "digest" or "voids" (uuid);
    "day", "item" (keys)}]}, a hundred at most.
    """
    marks = sent.get("marks") if isinstance(sent, dict) else None
    if not isinstance(marks, list) or len(marks) > MOST_AT_ONCE:
        raise ValidationError(_("What was sent cannot be read."), code="unreadable")
    entries, refused = [], {}
    for one in marks:
        try:
            entries.append(_entry(one))
        except ValidationError as refusal:
            refused[_own_key(one)] = refusal
    return entries, refused


def _own_key(one):
    try:
        return uuid.UUID(one["uuid"])
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise ValidationError(_("What was sent cannot be read."), code="unreadable") from fault


def _entry(one):
    try:
        entry = {"client_uuid": uuid.UUID(one["uuid"]), "device_time": _moment(one["time"]), "kind": Kind.PRESENT}
        if one.get("voids"):
            return {**entry, "voids": uuid.UUID(one["voids"])}
        entry |= {"day": _key(one["day"]), "item": _key(one["item"]) if one.get("item") else None}
        if one.get("digest"):
            digest = str(one["digest"])
            if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
                raise ValueError("no digest")
            return {**entry, "digest": digest}
        return {**entry, "registration": _key(one["person"]), "method": Method.SCAN if one.get("scanned") else Method.LIST}
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as fault:
        raise ValidationError(_("What was sent cannot be read."), code="unreadable") from fault


def _key(value):
    key = int(value)
    if not 0 < key <= LARGEST_KEY:
        raise ValueError("no key")
    return key


def _moment(milliseconds):
    """The time on the device. A clock that begins anew in 1970 after an empty battery tells nothing: then the present."""
    moment = datetime.fromtimestamp(float(milliseconds) / 1000, tz=timezone.get_current_timezone())
    return moment if 2000 < moment.year < 3000 else timezone.now()
