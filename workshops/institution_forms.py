"""The shape of what staff say about a request: its letter, whom to ask, until when."""

from django import forms
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from contacts.forms import day_input
from contacts.models import Person
from contacts.people import read_email
from workshops.forms import SplitTextMixin, moment_input
from workshops.models import NominationRequest, Via
from workshops.nominate_forms import DeclineForm


class RequestForm(SplitTextMixin, forms.ModelForm):
    """The focal point is somebody of the directory who works at the institution, or typed; what is typed goes before."""

    class Meta:
        model = NominationRequest
        fields = [
            "letter_number", "letter_on", "addressee_mn", "addressee_en", "language", "focal_point", "focal_name", "focal_email", "focal_phone",
            "deadline", "note",
        ]  # fmt: skip
        widgets = {"letter_on": day_input(), "deadline": moment_input(), "note": forms.Textarea(attrs={"rows": 3})}
        labels = {
            "letter_number": _("Number of our letter"),
            "letter_on": _("Date of our letter"),
            "addressee_mn": _("Addressee in Mongolian"),
            "addressee_en": _("Addressee in English"),
            "language": _("Language of the e-mail"),
            "focal_point": _("Focal point, from the directory"),
            "focal_name": _("Focal point’s name"),
            "focal_email": _("Focal point’s e-mail"),
            "focal_phone": _("Focal point’s phone"),
            "deadline": _("Answer until"),
            "note": _("Note"),
        }
        help_texts = {
            "letter_on": _("Empty: the day on which it is sent."),
            "addressee_en": "",
            "focal_name": _("What is typed here goes before what the directory says."),
        }

    GROUPS = [
        (_("The letter"), [["letter_number", "letter_on"], ["addressee_mn"], ["addressee_en"]]),
        (_("Who answers"), [["focal_point"], ["focal_name"], ["focal_email", "focal_phone"], ["language"]]),
        (_("Until when"), [["deadline"], ["note"]]),
    ]

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, instance=NominationRequest.objects.get(pk=request.pk), **kwargs)
        here = Person.objects.living().filter(positions__organisation=request.organisation_id, positions__valid_to=None)
        if request.focal_point_id:
            here = here | Person.objects.filter(pk=request.focal_point_id)
        self.fields["focal_point"].queryset = here.distinct().order_by("sort_key", "pk")
        self.fields["focal_point"].label_from_instance = lambda person: person.full_name
        self.fields["focal_point"].empty_label = _("Typed below")
        until = request.workshop.nomination_deadline
        if until:
            self.fields["deadline"].help_text = _("Empty: the workshop’s deadline, %(until)s.") % {
                "until": formats.date_format(timezone.localtime(until), "DATETIME_FORMAT")
            }

    def clean_focal_email(self):
        return read_email(self.cleaned_data["focal_email"])

    def _get_validation_exclusions(self):
        # The act checks the whole row; here only the shape is looked at.
        return {field.name for field in self._meta.model._meta.fields}

    def details(self):
        """What requests.edit takes."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    @property
    def groups(self):
        return [(title, [[self[name] for name in row] for row in rows]) for title, rows in self.GROUPS]


class DeclineByForm(DeclineForm):
    """Why nobody comes, and how staff heard it."""

    via = forms.ChoiceField(label=_("How it came in"), choices=[(Via.LETTER, Via.LETTER.label), (Via.PHONE, Via.PHONE.label), (Via.STAFF, Via.STAFF.label)])
