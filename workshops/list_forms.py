"""Forms for nomination lists: what is pasted or uploaded, how it is to be read, and one row put right by hand."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts import headings, importing
from contacts.models import Organisation, Sex
from core import phones, spreadsheets
from workshops.models import NominationList


def institution_choices(workshop, *, suggested=(), empty=None):
    """Institutions for a select: those proposed, those invited to the workshop, all others that exist or existed."""
    invited = {row.organisation_id: row.organisation for row in workshop.allocations.select_related("organisation")}
    suggested = list(suggested)
    rest = [
        body
        for body in Organisation.objects.exclude(kind=Organisation.Kind.PLACEHOLDER)
        if body.pk not in invited and body.pk not in {each.pk for each in suggested}
    ]
    groups = [
        (_("Proposed"), suggested),
        (_("Invited"), [body for key, body in invited.items() if key not in {each.pk for each in suggested}]),
        (_("All others"), sorted(rest, key=lambda body: (not body.is_current, str(body)))),
    ]
    choices = [] if empty is None else [("", empty)]
    return choices + [(title, [(body.pk, _named(body)) for body in bodies]) for title, bodies in groups if bodies]


def _named(body):
    """With the year in which it ended, where it has."""
    ended = f" (–{body.valid_to:%Y})" if body.valid_to and not body.is_current else ""
    return f"{body}{ended}"


class ListForm(forms.Form):
    """A list comes in as pasted rows or as a file, never both."""

    text = forms.CharField(
        label=_("Paste the rows here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "unwrapped"}),
        help_text=_("Copied from Excel, Word or a letter, headings included; or one person a line."),
    )
    file = forms.FileField(
        label=_("Or choose a file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv,text/csv,text/plain"}),
        help_text=_("Excel (.xlsx), .csv or .txt, at most 5 MB. The file itself is not kept."),
    )
    organisation = forms.ChoiceField(
        label=_("Institution that sent it"),
        required=False,
        help_text=_("For rows that name no institution of their own."),
    )
    become = forms.ChoiceField(
        label=_("The officials become"),
        choices=NominationList.Become.choices,
        initial=NominationList.Become.NOMINATED,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, workshop, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = institution_choices(workshop, empty=_("As the rows or the letterhead say"))

    def clean(self):
        """Reads the list, so that what cannot be read is said here and what was pasted stays."""
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
            if file:
                self.table = spreadsheets.read_upload(file.name, file.read())
                self.source_name = file.name
            else:
                self.table = spreadsheets.read_text(text)
                self.source_name = ""
        except spreadsheets.UnreadableList as refusal:
            self.add_error("file" if file else "text", refusal)
        return data

    def clean_organisation(self):
        key = self.cleaned_data["organisation"]
        return Organisation.objects.get(pk=key) if key else None


COLUMN_CHOICES = [("", pgettext_lazy("column of a list", "— not read —")), *headings.FIELDS.items()]


class ReadingForm(forms.Form):
    """How a list is read: what each column holds, what «Овог» means, which institution an unclear name stands for."""

    become = forms.ChoiceField(label=_("The officials become"), choices=NominationList.Become.choices)
    organisation = forms.ChoiceField(label=_("Institution for rows that name none"), required=False)
    order = forms.ChoiceField(
        label=_("Two names in one cell"),
        required=False,
        choices=[
            ("", _("Judge each by itself")),
            ("father", _("Father's name first")),
            ("given", _("Given name first")),
        ],
    )
    ovog = forms.ChoiceField(
        label=_("The column «Овог» holds"),
        required=False,
        choices=[
            ("father", _("the father's name")),
            ("clan", _("the clan name")),
            ("both", _("both names in one")),
        ],
        widget=forms.RadioSelect,
    )
    remember = forms.BooleanField(label=_("Remember these names for later lists"), required=False)

    def __init__(self, *args, listed, columns=(), unclear=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.unclear = list(unclear)
        choices = institution_choices(listed.workshop, empty=_("None"))
        self.fields["organisation"].choices = choices
        every = [(key, body) for _title, bodies in choices[1:] for key, body in bodies]
        self.columns = []
        for column, heading in columns:
            self.fields[f"column_{column}"] = forms.ChoiceField(label=heading, choices=COLUMN_CHOICES, required=False)
            self.columns.append(column)
        for number, question in enumerate(self.unclear):
            proposed = [(body.pk, _named(body)) for body in question["candidates"]]
            taken = {key for key, _text in proposed}
            rest = [(_("All others"), [(key, text) for key, text in every if key not in taken])]
            first = [("", _("Decide later")), ("none", _("No institution"))] if not question["ended"] else [("", question["keep"])]
            self.fields[f"institution_{number}"] = forms.ChoiceField(
                label=question["text"], choices=[*first, *([(_("Proposed"), proposed)] if proposed else []), *rest], required=False
            )

    def changes(self):
        """What `nominations.change` takes."""
        data = self.cleaned_data
        chosen = {
            question["text"]: data[f"institution_{number}"]
            for number, question in enumerate(self.unclear)
            if data.get(f"institution_{number}")
        }
        bodies = Organisation.objects.in_bulk([int(key) for key in chosen.values() if key != "none"])
        changes = {
            "become": data["become"],
            "organisation": Organisation.objects.filter(pk=data["organisation"]).first() if data["organisation"] else None,
            "order": data.get("order", ""),
            "institutions": {text: bodies.get(int(key)) if key != "none" else None for text, key in chosen.items()},
            "remember": data["remember"],
            "columns": {column: data.get(f"column_{column}", "") for column in self.columns},
        }
        if data.get("ovog"):
            changes["ovog"] = data["ovog"]
        return changes


class RowForm(forms.Form):
    """One row as it will be registered. What is wrong is said beside the field; what was typed stays."""

    given_name = forms.CharField(label=_("Given name"), required=False, max_length=100)
    patronymic = forms.CharField(label=_("Father's name"), required=False, max_length=100, help_text=_("In full, or the initial."))
    given_name_latin = forms.CharField(label=_("Given name in Latin"), required=False, max_length=100)
    patronymic_latin = forms.CharField(label=_("Father's name in Latin"), required=False, max_length=100)
    clan_name = forms.CharField(label=_("Clan name"), required=False, max_length=100)
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=[("", Sex.UNKNOWN.label), ("f", Sex.FEMALE.label), ("m", Sex.MALE.label)])
    organisation_id = forms.ChoiceField(label=_("Institution"), required=False)
    department = forms.CharField(label=_("Department"), required=False, max_length=200)
    job_title = forms.CharField(label=_("Job title"), required=False, max_length=200)
    rank = forms.CharField(label=_("Rank"), required=False, max_length=100)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=300, help_text=_("Several with a comma."))
    email = forms.CharField(label=_("E-mail"), required=False, max_length=300)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    new_position = forms.BooleanField(
        label=_("This is a new position"),
        required=False,
        help_text=_("Ends the position in the directory today and records this one."),
    )

    NAMES = ["given_name", "patronymic", "sex"]
    WORK = ["organisation_id", "job_title", "department"]
    REACH = ["phone", "email"]
    MORE = ["given_name_latin", "patronymic_latin", "clan_name", "rank", "note"]

    def __init__(self, *args, workshop, suggested=(), may_change_position=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation_id"].choices = institution_choices(workshop, suggested=suggested, empty=_("No institution"))
        if not may_change_position:
            del self.fields["new_position"]

    def clean(self):
        data = super().clean()
        if not data.get("given_name") and not data.get("given_name_latin"):
            self.add_error("given_name", ValidationError(_("Give the given name."), code="required"))
        for error in importing.check({name: data.get(name) or "" for name in importing.DETAILS if name != "organisation"}).errors:
            from contacts.remarks import say

            if error["field"] in self.fields and error["code"] != "name_missing":
                self.add_error(error["field"], ValidationError(say(error).text, code=error["code"]))
        unread = phones.parse(data.get("phone") or "").unread
        if unread:
            self.add_error(
                "phone",
                ValidationError(
                    _("This is no telephone number: %(text)s. Put it into the note, if it is needed."), code="phone", params={"text": ", ".join(unread)}
                ),
            )
        return data

    def details(self):
        """What `nominations.edit` takes."""
        data = self.cleaned_data
        details = {name: data.get(name) or "" for name in self.fields if name != "new_position"}
        if data.get("new_position"):
            details["new_position"] = "yes"
        return details

    def group(self, fields):
        return [self[name] for name in fields]

    @property
    def names(self):
        return self.group(self.NAMES)

    @property
    def work(self):
        return self.group(self.WORK)

    @property
    def reach(self):
        return self.group(self.REACH)

    @property
    def more(self):
        return self.group(self.MORE)

    @property
    def more_open(self):
        """Whether the less usual fields hold something or are wrong."""
        return any(self[name].value() or self[name].errors for name in self.MORE)
