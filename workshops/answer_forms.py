"""The shape of what an official answers, or staff for them; the rules are in answers.py."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.forms import institution_choices  # noqa: F401 (views take the choices from here)
from contacts.models import Sex
from contacts.people import read_email, read_phones
from workshops.forms import SplitTextMixin
from workshops.models import Consent, Needs, Via

Kind = Consent.Kind
YES_NO = [("yes", _("Yes")), ("no", _("No"))]
SAYS = [("comes", _("Comes")), ("declines", _("Does not come"))]
BY_STAFF = [(Via.PHONE, Via.PHONE.label), (Via.LETTER, Via.LETTER.label)]


def yes_or_no(label, help_text, error):
    """A question without an answer given beforehand."""
    return forms.ChoiceField(label=label, help_text=help_text, choices=YES_NO, widget=forms.RadioSelect, error_messages={"required": error})


class NeedsForm(SplitTextMixin, forms.Form):
    """What somebody needs on the days, and what they agree to. `asks_everything`: consents are asked with no answer given
    beforehand, and the notice must have been read; staff may leave open what was not spoken about."""

    diet = forms.CharField(label=_("Food that you do not eat"), max_length=300, required=False, help_text=_("For example: no pork, vegetarian, nut allergy."))
    access = forms.CharField(
        label=_("What makes it easier for you to take part"), max_length=300, required=False,
        help_text=_("For example: step-free entrance, sign language, a seat near the screen."),
    )  # fmt: skip
    interpretation = forms.ChoiceField(label=_("Language in the room"), required=False)
    other = forms.CharField(label=_("Anything else we should know"), max_length=300, required=False)
    notice = forms.BooleanField(
        label=_("I have read how my details are used."),
        error_messages={"required": _("Please read how your details are used, below, and tick this.")},
    )
    photo = yes_or_no(
        _("May photographs that show you be used in IOM’s news and reports?"), _("You take part all the same if you say no."),
        _("Say yes or no: both are fine."),
    )  # fmt: skip
    contact_list = yes_or_no(
        _("May your name, post and e-mail stand on the list that participants get?"), _("Nobody outside the workshop gets it."),
        _("Say yes or no: both are fine."),
    )  # fmt: skip

    def __init__(self, *args, registration, consents, asks_everything=True, **kwargs):
        needs = Needs.objects.filter(registration=registration).first()
        initial = {name: getattr(needs, name, "") for name in ("diet", "access", "interpretation", "other")}
        initial["notice"] = consents.get(Kind.NOTICE, False)
        for name, kind in (("photo", Kind.PHOTO), ("contact_list", Kind.CONTACT_LIST)):
            if kind in consents:
                initial[name] = "yes" if consents[kind] else "no"
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["interpretation"].choices = [("", _("Not said")), *Needs._meta.get_field("interpretation").choices]
        self.has_read_the_notice = consents.get(Kind.NOTICE, False)
        for name in ("notice", "photo", "contact_list"):
            self.fields[name].required = asks_everything

    @property
    def needs_fields(self):
        return [self[name] for name in ("diet", "access", "interpretation", "other")]

    @property
    def needs(self):
        return {name: self.cleaned_data[name] for name in ("diet", "access", "interpretation", "other")}

    @property
    def consents(self):
        """{kind: given}; what was left open is not in it."""
        said = {Kind.PHOTO: self.cleaned_data["photo"], Kind.CONTACT_LIST: self.cleaned_data["contact_list"]}
        found = {kind: answer == "yes" for kind, answer in said.items() if answer}
        return found | ({Kind.NOTICE: True} if self.cleaned_data["notice"] else {})


class ForAnOfficialForm(NeedsForm):
    """The same, filled in by staff for somebody who called or wrote."""

    says = forms.ChoiceField(label=_("What the official said"), choices=SAYS, widget=forms.RadioSelect, error_messages={"required": _("Say whether the official comes.")})
    via = forms.ChoiceField(label=_("How it came in"), choices=BY_STAFF, widget=forms.RadioSelect, initial=Via.PHONE)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False, help_text=_("Why the official does not come, if they said so."))

    def __init__(self, *args, can_answer, **kwargs):
        super().__init__(*args, asks_everything=False, **kwargs)
        self.fields["notice"].label = _("The official has read or heard how their details are used.")
        if not can_answer:
            del self.fields["says"], self.fields["reason"]


class DeclineForm(SplitTextMixin, forms.Form):
    reason = forms.CharField(label=_("Why you cannot come"), max_length=300, required=False)


class WithdrawForm(SplitTextMixin, forms.Form):
    reason = forms.CharField(label=_("Why you cannot come after all"), max_length=300, error_messages={"required": _("Give a reason, in a few words.")})


class DeputyForm(SplitTextMixin, forms.Form):
    given_name = forms.CharField(label=_("Given name"), max_length=100, error_messages={"required": _("Give the given name.")})
    patronymic = forms.CharField(label=_("Father’s or mother’s name"), max_length=100, required=False)
    job_title = forms.CharField(label=_("Job title"), max_length=200, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False, widget=forms.TextInput(attrs={"inputmode": "email", "autocapitalize": "none"}))
    note = forms.CharField(label=_("Anything the office should know"), max_length=300, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # Somebody else's details: no browser should offer one's own, nor remember these.
            field.widget.attrs.setdefault("autocomplete", "off")

    def clean_email(self):
        return read_email(self.cleaned_data["email"])

    def clean_phone(self):
        read_phones(self.cleaned_data["phone"]) if self.cleaned_data["phone"].strip() else None
        return self.cleaned_data["phone"]

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("phone") and not cleaned.get("email"):
            self.add_error("phone", _("Give a phone number or an e-mail address, so that the office can reach them."))
        return cleaned


class SubstituteForm(SplitTextMixin, forms.Form):
    """B, who comes in the place of A: known to the directory (`person`) or typed in."""

    person = forms.IntegerField(min_value=1, max_value=2**62, required=False, widget=forms.HiddenInput)
    given_name = forms.CharField(label=_("Given name"), max_length=100, required=False)
    patronymic = forms.CharField(label=_("Father's or mother's name"), max_length=100, required=False)
    sex = forms.ChoiceField(label=_("Sex"), choices=[("", Sex.UNKNOWN.label), ("f", Sex.FEMALE.label), ("m", Sex.MALE.label)], required=False)
    job_title = forms.CharField(label=_("Job title"), max_length=200, required=False)
    phones = forms.CharField(label=_("Phone"), max_length=200, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    email = forms.CharField(label=_("E-mail"), max_length=320, required=False, widget=forms.TextInput(attrs={"inputmode": "email", "autocapitalize": "none"}))
    reason = forms.CharField(label=_("Reason"), max_length=300, error_messages={"required": _("Give a reason.")})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def clean_email(self):
        return read_email(self.cleaned_data["email"])

    def clean_phones(self):
        return read_phones(self.cleaned_data["phones"]) if self.cleaned_data["phones"].strip() else []

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("person") and not cleaned.get("given_name") and "given_name" not in self.errors:
            self.add_error("given_name", _("Say who comes: find the person above, or type the given name."))
        return cleaned

    @property
    def typed(self):
        typed = {name: self.cleaned_data[name] for name in ("given_name", "patronymic", "job_title", "phones", "email")}
        return typed | {"sex": self.cleaned_data["sex"] or Sex.UNKNOWN}
