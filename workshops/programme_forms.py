"""The shape of what staff type about the programme and the materials."""

from django import forms
from django.utils.translation import gettext_lazy as _

from workshops.forms import SplitTextMixin
from workshops.models import AgendaItem, Material, Registration, WorkshopDay
from workshops.models.registration import LIVE


def clock_input():
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class DayForm(forms.ModelForm):
    class Meta:
        model = WorkshopDay
        fields = ["starts_at", "ends_at"]
        widgets = {"starts_at": clock_input(), "ends_at": clock_input()}
        # They stand in the head of a day, where there is no room for more than the two.
        help_texts = {"starts_at": ""}


class ItemForm(SplitTextMixin, forms.ModelForm):
    registered = forms.ModelMultipleChoiceField(
        Registration.objects.none(), label=_("Speakers who are registered"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Facilitators, speakers, interpreters and organisers of this workshop. They get letters when their items change."),
    )  # fmt: skip
    others = forms.CharField(
        label=_("Other speakers"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A line each: name and office in English | the same in Mongolian. One language alone will do."),
    )  # fmt: skip

    class Meta:
        model = AgendaItem
        fields = [
            "day", "starts_at", "ends_at", "kind", "title_en", "title_mn", "room_en", "room_mn", "description_en", "description_mn",
            "takes_attendance",
        ]  # fmt: skip
        widgets = {
            "starts_at": clock_input(),
            "ends_at": clock_input(),
            "description_en": forms.Textarea(attrs={"rows": 3}),
            "description_mn": forms.Textarea(attrs={"rows": 3, "lang": "mn"}),
            "title_mn": forms.TextInput(attrs={"lang": "mn"}),
            "room_mn": forms.TextInput(attrs={"lang": "mn"}),
        }
        labels = {
            "title_en": _("Title in English"),
            "title_mn": _("Title in Mongolian"),
            "room_en": _("Room in English"),
            "room_mn": _("Room in Mongolian"),
            "description_en": _("Description in English"),
            "description_mn": _("Description in Mongolian"),
        }
        help_texts = {"starts_at": ""}

    ROWS = [
        ["day", "kind"], ["starts_at", "ends_at"], ["title_en", "title_mn"], ["room_en", "room_mn"], ["registered"], ["others"],
        ["description_en", "description_mn"], ["takes_attendance"],
    ]  # fmt: skip

    def __init__(self, *args, workshop, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["day"].queryset = WorkshopDay.objects.filter(workshop=workshop)
        self.fields["day"].label_from_instance = lambda day: day.label
        self.fields["registered"].queryset = (
            Registration.objects.filter(workshop=workshop, state__in=LIVE).exclude(role=Registration.Role.PARTICIPANT).select_related("organisation")
        )
        self.fields["registered"].label_from_instance = lambda row: f"{row.full_name}, {row.get_role_display().lower()}"
        if not self.fields["registered"].queryset.exists():
            del self.fields["registered"]
        if self.instance.pk:
            speakers = list(self.instance.speakers.all())
            self.initial.setdefault("registered", [speaker.registration_id for speaker in speakers if speaker.registration_id])
            self.initial.setdefault(
                "others",
                "\n".join(
                    " | ".join(dict.fromkeys(filter(None, [speaker.name_en, speaker.name_mn]))) for speaker in speakers if not speaker.registration_id
                ),
            )

    def rows(self):
        return [[self[name] for name in row if name in self.fields] for row in self.ROWS]

    def clean_others(self):
        speakers = []
        for line in self.cleaned_data["others"].splitlines():
            english, _bar, mongolian = (" ".join(part.split()) for part in line.partition("|"))
            if english or mongolian:
                if max(len(english), len(mongolian)) > 250:
                    raise forms.ValidationError(_("A name and office has 250 letters at most."), code="too_long")
                speakers.append({"name_en": english, "name_mn": mongolian})
        return speakers

    def details(self):
        """What the acts of `workshops.agendas` take."""
        details = {name: self.cleaned_data[name] for name in self._meta.fields}
        return {**details, "speakers": [*self.cleaned_data.get("registered", []), *self.cleaned_data["others"]]}

    def _post_clean(self):
        """The act judges the whole item; here only fields are."""


class MaterialForm(SplitTextMixin, forms.ModelForm):
    class Meta:
        model = Material
        fields = ["title_en", "title_mn", "file", "link", "language", "visible_to", "item"]
        widgets = {"title_mn": forms.TextInput(attrs={"lang": "mn"}), "file": forms.FileInput}
        labels = {"title_en": _("Title in English"), "title_mn": _("Title in Mongolian"), "visible_to": _("Who gets it")}
        help_texts = {"file": _("PDF, Word, PowerPoint or Excel without macros, or a picture; 20 MB at most."), "link": _("Instead of a file: an address with https://.")}

    def __init__(self, *args, workshop, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = AgendaItem.objects.filter(day__workshop=workshop).select_related("day")
        self.fields["item"].label_from_instance = lambda item: f"{item.day.on:%d.%m} {item.starts_at:%H:%M} {item}"
        self.fields["item"].empty_label = _("The whole workshop")
        if self.instance.pk:
            # A file is taken out and added anew; a link stays a link.
            del self.fields["file"]
            if self.instance.file:
                del self.fields["link"]

    def details(self):
        return {name: self.cleaned_data[name] for name in self.fields if name != "file"}

    def _post_clean(self):
        """The act judges the whole row."""
