"""The shape of what staff type about letters; the rules are in the acts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from workshops.models import NominationRequest, Registration, State
from workshops.models.registration import LIVE

Asked = NominationRequest.State


def words_area(rows=18):
    return forms.Textarea(attrs={"rows": rows, "class": "letter-words"})


class EditForm(forms.Form):
    subject = forms.CharField(label=_("Subject"), max_length=250, required=False)
    body = forms.CharField(label=_("Text"), max_length=20_000, required=False, widget=words_area(22), strip=True)


class BounceForm(forms.Form):
    note = forms.CharField(label=_("What the mail said"), max_length=300, required=False, help_text=_("For example “mailbox full”."))


class WordsForm(forms.Form):
    """The words in both languages, side by side."""

    subject_en = forms.CharField(label=_("Subject in English"), max_length=250, required=False)
    body_en = forms.CharField(label=_("Text in English"), max_length=20_000, required=False, widget=words_area())
    subject_mn = forms.CharField(label=_("Subject in Mongolian"), max_length=250, required=False)
    body_mn = forms.CharField(label=_("Text in Mongolian"), max_length=20_000, required=False, widget=words_area())

    @property
    def words(self):
        said = self.cleaned_data
        return {language: (said[f"subject_{language}"], said[f"body_{language}"]) for language in ("en", "mn")}

    @property
    def columns(self):
        return [(language, self[f"subject_{language}"], self[f"body_{language}"]) for language in ("en", "mn")]


# To whom staff's own words go: those of a state, or institutions.
AUDIENCES = [
    ("live", _("All who are nominated, waiting, invited or confirmed")),
    *((str(state), state.label) for state in LIVE),
    ("institutions", _("Institutions: all that were asked")),
    ("institutions-late", _("Institutions that have not answered in full")),
]


class WriteForm(WordsForm):
    audience = forms.ChoiceField(label=_("To whom"), choices=AUDIENCES, initial=str(State.CONFIRMED))
    institution = forms.ChoiceField(label=_("Of which institution"), required=False)
    role = forms.ChoiceField(label=_("In which role"), required=False, choices=[("", _("All roles")), *Registration.Role.choices])

    field_order = ["audience", "institution", "role"]

    def __init__(self, *arguments, institutions=(), **details):
        super().__init__(*arguments, **details)
        self.fields["institution"].choices = [("", _("All institutions")), *((str(body.pk), body.short_name) for body in institutions)]

    def targets(self, workshop):
        """The registrations or requests that are meant, with what writing to them needs."""
        said = self.cleaned_data
        if said["audience"].startswith("institutions"):
            states = (Asked.SENT, Asked.PARTLY) if said["audience"] == "institutions-late" else (Asked.SENT, Asked.PARTLY, Asked.COMPLETE, Asked.DECLINED)
            rows = NominationRequest.objects.filter(workshop=workshop, state__in=states).select_related("workshop", "organisation", "focal_point")
        else:
            states = LIVE if said["audience"] == "live" else (said["audience"],)
            rows = Registration.objects.filter(workshop=workshop, state__in=states).select_related("workshop", "organisation", "person", "replaced_by")
            if said["role"]:
                rows = rows.filter(role=said["role"])
        return rows.filter(organisation=said["institution"]) if said["institution"] else rows
