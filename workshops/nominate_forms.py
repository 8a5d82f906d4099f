"""The shape of what an institution sends: somebody named, a list, its letter, and why nobody comes. The rules are in replies.py."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.forms import day_input
from contacts.models import Level, Province, Sex
from core import spreadsheets, uploads
from workshops.forms import SplitTextMixin
from workshops.models import Via
from workshops.replies import MOST_NAMES

PLACES = [("principal", _("Principal")), ("alternate", _("Alternate"))]


class NomineeForm(SplitTextMixin, forms.Form):
    """Somebody whom the institution names. An error of the act is put beside its field by `refuse`."""

    place = forms.ChoiceField(label=_("Comes as"), choices=PLACES, initial="principal", widget=forms.RadioSelect)
    given_name = forms.CharField(label=_("Given name"), max_length=100, error_messages={"required": _("Give the given name.")})
    patronymic = forms.CharField(label=_("Father’s or mother’s name"), max_length=100, required=False)
    sex = forms.ChoiceField(label=_("Sex"), choices=[("", Sex.UNKNOWN.label), ("f", Sex.FEMALE.label), ("m", Sex.MALE.label)], required=False)
    job_title = forms.CharField(label=_("Job title"), max_length=200, required=False)
    department = forms.CharField(label=_("Department"), max_length=200, required=False)
    email = forms.CharField(label=_("E-mail"), max_length=320, required=False, widget=forms.TextInput(attrs={"inputmode": "email", "autocapitalize": "none"}))
    phone = forms.CharField(label=_("Phone"), max_length=100, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    given_name_latin = forms.CharField(label=_("Given name in Latin"), max_length=100, required=False, help_text=_("As in the passport."))
    patronymic_latin = forms.CharField(label=_("Father’s or mother’s name in Latin"), max_length=100, required=False)
    level = forms.ChoiceField(label=_("Level of the post"), choices=[("", _("Not stated")), *Level.choices], required=False)
    province = forms.ChoiceField(label=_("Where the person works"), choices=[("", _("Not stated")), *Province.choices], required=False)

    MORE = ("given_name_latin", "patronymic_latin", "level", "province")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Somebody whose name is known in Latin letters alone needs no other.
        self.fields["given_name"].required = not self["given_name_latin"].value()
        for field in self.fields.values():
            # These are other people's details: no browser should offer one's own, nor remember these.
            if not isinstance(field.widget, forms.RadioSelect):
                field.widget.attrs.setdefault("autocomplete", "off")

    @property
    def entry(self):
        """What replies.receive and replies.change take."""
        cleaned = self.cleaned_data
        details = {name: cleaned.get(name) or "" for name in self.fields if name in self.DETAILS}
        return {**details, "sex": cleaned.get("sex") or Sex.UNKNOWN, "is_alternate": cleaned.get("place") == "alternate"}

    DETAILS = frozenset(
        ("given_name", "patronymic", "given_name_latin", "patronymic_latin", "job_title", "department", "level", "province", "email", "phone")
    )

    def refuse(self, refusal):
        """Puts what an act refused beside the field that it names."""
        if hasattr(refusal, "error_dict"):
            for name, errors in refusal.error_dict.items():
                self.add_error(name if name in self.fields else None, errors)
        else:
            self.add_error("place" if refusal.code == "too_many" and "place" in self.fields else "given_name" if refusal.code == "repeated" else None, refusal)

    @classmethod
    def of(cls, nominee, data=None):
        initial = {name: getattr(nominee, name) for name in cls.DETAILS}
        return cls(data, initial={**initial, "sex": "" if nominee.sex == Sex.UNKNOWN else nominee.sex, "place": "alternate" if nominee.is_alternate else "principal"})

    @property
    def first(self):
        return [self[name] for name in ("given_name", "patronymic")]

    @property
    def work(self):
        return [self[name] for name in ("job_title", "department")]

    @property
    def reach(self):
        return [self[name] for name in ("email", "phone")]

    @property
    def more(self):
        return [self[name] for name in self.MORE]

    @property
    def more_open(self):
        return any(self[name].value() or self[name].errors for name in self.MORE)


class StaffNomineeForm(NomineeForm):
    """The same, with the way by which staff heard it."""

    via = forms.ChoiceField(label=_("How it came in"), choices=[(Via.LETTER, Via.LETTER.label), (Via.PHONE, Via.PHONE.label), (Via.STAFF, Via.STAFF.label)])


class LineForm(NomineeForm):
    """A row of a list that was read, as it will be sent; it may be left out."""

    place = forms.ChoiceField(label=_("Comes as"), choices=PLACES)
    leave_out = forms.BooleanField(label=_("Leave out"), required=False)
    number = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=10**6)
    said = forms.CharField(required=False, widget=forms.HiddenInput, max_length=2000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("level", "province"):
            del self.fields[name]
        for name in ("given_name_latin", "patronymic_latin"):
            if not self[name].value():
                self.fields[name].widget = forms.HiddenInput()

    def clean(self):
        if self.data.get(self.add_prefix("leave_out")):
            # Nothing is asked of a row that is not sent.
            self._errors.clear()
            return self.cleaned_data
        return super().clean()

    @property
    def remarks(self):
        return [line for line in (self["said"].value() or "").split("\n") if line]



LineFormSet = forms.formset_factory(LineForm, extra=0, max_num=MOST_NAMES, absolute_max=MOST_NAMES)


class NomineeListForm(forms.Form):
    """A list comes in as pasted rows or as a file, never both. `table` is what was read."""

    text = forms.CharField(
        label=_("Paste the rows here"), required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "unwrapped", "autocomplete": "off"}),
        help_text=_("Copied from Excel or Word, headings included; or one person a line."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("Or choose a file"), required=False,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv,text/csv,text/plain"}),
        help_text=_("Excel (.xlsx), .csv or .txt, at most 5 MB. The file itself is not kept."),
    )  # fmt: skip

    def clean(self):
        data = super().clean()
        text, file = data.get("text") or "", data.get("file")
        self.table = None
        if file and text.strip():
            raise ValidationError(_("There is both pasted text and a file. Take one of them away."), code="two_lists")
        if not file and not text.strip():
            if "file" not in self.errors:
                self.add_error("text", ValidationError(_("Paste some rows or choose a file."), code="no_list"))
            return data
        try:
            # One byte more than is taken shows that it is too much, without reading it all.
            self.table = spreadsheets.read_upload(file.name, file.read(spreadsheets.MAX_BYTES + 1)) if file else spreadsheets.read_text(text)
        except spreadsheets.UnreadableList as refusal:
            self.add_error("file" if file else "text", refusal)
        return data


class ReplyForm(SplitTextMixin, forms.Form):
    """The institution's letter: number, day, and a scan or photograph of it, judged by what is in it."""

    reply_number = forms.CharField(label=_("Number of your letter"), max_length=50, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    reply_on = forms.DateField(label=_("Date of your letter"), required=False, widget=day_input())
    reply_file = forms.FileField(
        label=_("The signed letter"), required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"}),
        help_text=_("A PDF, or a photograph as JPG or PNG, at most 10 MB. Only the office’s staff can open it."),
    )  # fmt: skip

    def clean_reply_file(self):
        file = self.cleaned_data["reply_file"]
        if file:
            file.name = uploads.judge(file).name
        return file

    def kept(self):
        """What replies.keep_letter takes."""
        cleaned = self.cleaned_data
        return {"number": cleaned["reply_number"], "on": cleaned["reply_on"], "file": cleaned["reply_file"] or None}


class DeclineForm(SplitTextMixin, forms.Form):
    reason = forms.CharField(
        label=_("Why does nobody come?"), max_length=300, error_messages={"required": _("Give a reason.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class StaffReplyForm(ReplyForm):
    """The same, in the words of staff who hold the letter."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in (("reply_number", _("Number of its letter")), ("reply_on", _("Date of its letter"))):
            self.fields[name].label = label
