"""The shape of what staff type about people, their addresses and their positions; the rules are in the acts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.models import Organisation, Person, Sex
from contacts.people import NAME_FIELDS, read_email, read_phones
from core import emails as addresses
from core import names
from core import phones as numbers

MOST_LINES = 20  # addresses or numbers of one person


def day_input():
    """The browser's own calendar; it takes and gives ISO dates in every language."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


# Bodies that name officials; the others (donors, partners, the United Nations, companies) come after them in long lists.
GOVERNMENT = (
    Organisation.Kind.MINISTRY, Organisation.Kind.AGENCY, Organisation.Kind.GOVERNMENT_OFFICE, Organisation.Kind.PARLIAMENT,
    Organisation.Kind.INDEPENDENT, Organisation.Kind.COUNCIL, Organisation.Kind.LOCAL_GOVERNMENT,
)  # fmt: skip


def institution_choices(first=(), *, government_first=False):
    """[(id, name)] of institutions that exist, those of `first` (ids) as a group before the others; one query.

    With `government_first` the bodies of the government stand in a group before donors, partners and others. Those of `first` are there even when they have ended since: who holds seats must be able to fill them.
    """
    invited, government, others = [], [], []
    bodies = Organisation.objects.exclude(kind=Organisation.Kind.PLACEHOLDER)
    for body in bodies.existing() | bodies.filter(pk__in=list(first)):
        words = f"{body} ({body.acronym})" if body.acronym else str(body)
        place = invited if body.pk in first else government if government_first and body.kind in GOVERNMENT else others
        place.append((body.pk, words))
    for group in (invited, government, others):
        group.sort(key=lambda choice: names.sort_key(choice[1]))
    if government:
        groups = [(_("Invited institutions"), invited), (_("Government bodies"), government), (_("Other institutions"), others)]
        return [("", "–"), *((label, group) for label, group in groups if group)]
    if not invited:
        return [("", "–"), *others]
    return [("", "–"), (_("Invited institutions"), invited), (_("Other institutions"), others)]


class TypedTextMixin:
    """Blanks around and between words go away; a civil registration number is refused: it is kept nowhere."""

    def clean(self):
        cleaned = super().clean()
        for name, value in list(cleaned.items()):
            if not isinstance(value, str):
                continue
            if not isinstance(self.fields[name].widget, forms.Textarea):
                cleaned[name] = value = " ".join(value.split())
            if names.find_registration_numbers(value):
                self.add_error(name, _("A civil registration number stands here. Take it out: it is kept nowhere."))
        return cleaned


# Somebody's names and details ---------------------------------------------------------------------------------


class PersonForm(TypedTextMixin, forms.ModelForm):
    class Meta:
        model = Person
        fields = [*NAME_FIELDS, "sex", "preferred_language", "note"]
        labels = {"given_name": _("Given name"), "note": _("Internal note")}
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in NAME_FIELDS:
            self.fields[name].widget.attrs["autocomplete"] = "off"
        for name in ("given_name", "patronymic", "clan_name"):
            self.fields[name].widget.attrs["lang"] = "mn"
        # Somebody whose name is known in Latin letters alone needs no other.
        known = self.data if self.is_bound else self.initial
        self.fields["given_name"].required = not known.get("given_name_latin")
        self.fields["given_name"].error_messages["required"] = _("Give the given name in Cyrillic or in Latin.")

    def clean(self):
        cleaned = super().clean()
        for name in NAME_FIELDS:
            if (value := cleaned.get(name)) and not any(letter.isalpha() for letter in value):
                self.add_error(name, _("There is no name here."))
        return cleaned

    def _post_clean(self):
        """The act sets and checks the record, so that what is refused changes nothing on the page."""

    def details(self):
        return {name: self.cleaned_data[name] for name in self._meta.fields}


class JobForm(TypedTextMixin, forms.Form):
    """What somebody is, and where."""

    organisation = forms.TypedChoiceField(label=_("Institution"), coerce=int, empty_value=None, required=False)
    job_title = forms.CharField(label=_("Job title"), max_length=200, required=False)
    department = forms.CharField(label=_("Department"), max_length=200, required=False)
    rank = forms.CharField(label=_("Rank"), max_length=100, required=False)

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = choices

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("organisation") and "organisation" not in self.errors and any(cleaned.get(name) for name in ("job_title", "department", "rank")):
            self.add_error("organisation", _("Choose the institution."))
        return cleaned

    def job(self):
        return {name: self.cleaned_data[name] for name in ("job_title", "department", "rank")}


class PositionForm(JobForm):
    """A new position of somebody who is known."""

    on = forms.DateField(label=_("Since"), required=False, widget=day_input(), help_text=_("Empty: not known."))
    besides = forms.BooleanField(
        label=_("Keeps the present position too"), required=False, help_text=_("Otherwise the present main position ends that day, or today.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].required = True
        self.fields["organisation"].error_messages["required"] = _("Choose the institution.")


class EndForm(forms.Form):
    """The last day of a position; the position is looked up by the view."""

    on = forms.DateField(label=_("Last day"), widget=day_input())


# Addresses and numbers, a line each ---------------------------------------------------------------------------


class EmailForm(forms.Form):
    """An empty line is no address. One that is kept already is not judged again. `taken`: the person who has it."""

    address = forms.CharField(
        label=_("E-mail"), max_length=addresses.LONGEST, required=False,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    is_shared = forms.BooleanField(label=_("Shared mailbox"), required=False)
    taken = None

    def __init__(self, *args, known=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.known = known

    def clean_address(self):
        typed = self.cleaned_data["address"].strip()
        return typed if typed in self.known else read_email(typed)


class PhoneForm(forms.Form):
    """A line may hold several numbers; they are kept in E.164."""

    numbers = forms.CharField(
        label=_("Phone"), max_length=200, required=False, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    )

    def __init__(self, *args, known=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.known = {numbers.display(number): number for number in known}

    def clean_numbers(self):
        typed = self.cleaned_data["numbers"].strip()
        if typed in self.known:
            return [self.known[typed]]
        return read_phones(typed) if typed else []


class Lines(forms.BaseFormSet):
    """Lines that are typed one below the other; a button of the same form adds an empty one."""

    def _construct_form(self, i, **kwargs):
        """A line that says what a colleague saved meanwhile counts as typed: none is passed over as unchanged."""
        form = super()._construct_form(i, **kwargs)
        form.empty_permitted = False
        return form

    def one_more(self):
        """The same with one line more. Who asks for a line has not finished typing: nothing is judged yet, all is kept."""
        data = self.data.copy()
        data[f"{self.prefix}-TOTAL_FORMS"] = str(min(self.total_form_count() + 1, MOST_LINES))
        more = type(self)(data, initial=self.initial, prefix=self.prefix, form_kwargs=self.form_kwargs)
        more.forget_errors()
        return more

    def forget_errors(self):
        self.is_valid()
        self._non_form_errors = self.error_class()
        for form in self.forms:
            form._errors = type(form.errors)()
        self._errors = [form._errors for form in self.forms]


EmailLines = forms.formset_factory(EmailForm, formset=Lines, extra=1, max_num=MOST_LINES, absolute_max=10 * MOST_LINES)
PhoneLines = forms.formset_factory(PhoneForm, formset=Lines, extra=1, max_num=MOST_LINES, absolute_max=10 * MOST_LINES)


class PersonEntry:
    """All that is typed about a person on one page: names, addresses, numbers, and for somebody new a job.

    `person`: whose page it is; `choices`: institutions, for somebody new.
    """

    def __init__(self, data=None, *, person=None, choices=None, initial=None):
        self.data, self.is_bound = data, data is not None
        emails = list(person.emails.order_by("-is_primary", "pk")) if person else []
        phones = list(person.phones.order_by("pk")) if person else []
        self.form = PersonForm(data, instance=person or Person(), initial=initial)
        self.job = JobForm(data, choices=choices) if choices is not None else None
        self.emails = EmailLines(
            data, prefix="emails", form_kwargs={"known": [row.address for row in emails]},
            initial=[{"address": row.address, "is_shared": row.is_shared} for row in emails],
        )  # fmt: skip
        self.phones = PhoneLines(
            data, prefix="phones", form_kwargs={"known": [row.number for row in phones]},
            initial=[{"numbers": numbers.display(row.number)} for row in phones],
        )  # fmt: skip

    @property
    def parts(self):
        return [part for part in (self.form, self.job, self.emails, self.phones) if part is not None]

    def is_valid(self):
        return all([part.is_valid() for part in self.parts])

    def add_line(self):
        """Answers the buttons for another line; False where none was pressed."""
        if "add_email" in self.data:
            self.emails = self.emails.one_more()
        elif "add_phone" in self.data:
            self.phones = self.phones.one_more()
        else:
            return False
        for lines in (self.emails, self.phones):
            lines.forget_errors()
        for form in filter(None, (self.form, self.job)):
            form._errors = type(form.errors)()
        return True

    @property
    def primary(self):
        """The number of the line whose address letters go to, counted from 0."""
        value = self.data.get("primary", "") if self.is_bound else ""
        return int(value) if value.isascii() and value.isdigit() and len(value) < 4 else 0

    def details(self):
        """What the acts of the directory take, but the institution."""
        lines = [(place, form.cleaned_data) for place, form in enumerate(self.emails) if form.cleaned_data.get("address")]
        return {
            **self.form.details(),
            **(self.job.job() if self.job else {}),
            "emails": [(line["address"], line["is_shared"]) for _place, line in lines],
            "primary": next((index for index, (place, _line) in enumerate(lines) if place == self.primary), 0),
            "phones": [number for form in self.phones for number in form.cleaned_data.get("numbers") or []],
        }

    def refuse(self, refusal):
        """A refusal of the act beside what it names, else above the form."""
        if hasattr(refusal, "error_dict"):
            for name, errors in refusal.error_dict.items():
                self.form.add_error(name if name in self.form.fields else None, errors)
            return
        for error in refusal.error_list:
            line = self._line_of((error.params or {}).get("address")) if error.code == "email_taken" else None
            if line is None:
                self.form.add_error(None, error)
            else:
                line.taken = error.params.get("person")
                line.add_error("address", error)

    def _line_of(self, address):
        return next((form for form in self.emails if address and form.cleaned_data.get("address") == address), None)

    def errors(self):
        """[(id of the input or "", label, sentence)] for the summary, in the order of the page."""
        found = []
        for form in (self.form, *filter(None, [self.job]), *self.emails, *self.phones):
            found += [("", "", error) for error in form.non_field_errors()]
            for field in form:
                found += [(field.id_for_label, field.label, error) for error in field.errors]
        for lines in (self.emails, self.phones):
            found += [("", "", error) for error in lines.non_form_errors()]
        return found
