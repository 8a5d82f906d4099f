"""Forms of learning: what a participant fills in, made from the questions, and what staff change."""

from django import forms
from django.utils.translation import gettext_lazy as _

from workshops import learning
from workshops.forms import SplitTextMixin
from workshops.models import Form, Question

MARKS = [
    ("1", _("1 – not at all")),
    ("2", "2"),
    ("3", "3"),
    ("4", "4"),
    ("5", _("5 – very much so")),
]
YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class FillForm(forms.Form):
    """The questions of a form as fields; what does not fit is said beside each."""

    def __init__(self, *args, form, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = list(form.questions.prefetch_related("options"))
        for question in self.questions:
            self.fields[f"q{question.pk}"] = self._field(question, form)

    def _field(self, question, form):
        usual = {"label": str(question), "required": question.is_required, "error_messages": {"required": _("Please answer this question.")}}
        options = [(str(option.pk), str(option)) for option in question.options.all()]
        if question.kind == Question.Kind.SEVERAL:
            return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, help_text=_("Choose all that are right for you."), **usual)
        if question.kind == Question.Kind.TEXT:
            about = _("Write no names, neither yours nor those of others.") if form.is_anonymous else ""
            return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=learning.TEXT_AT_MOST, help_text=about, **usual)
        choices = {Question.Kind.ONE: options, Question.Kind.SCALE: MARKS, Question.Kind.YES_NO: YES_NO}[question.kind]
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **usual)

    def answers(self):
        """What `learning.submit` takes."""
        return {question.pk: self.cleaned_data.get(f"q{question.pk}") for question in self.questions}


class AboutForm(SplitTextMixin, forms.ModelForm):
    class Meta:
        model = Form
        fields = ["title_en", "title_mn", "intro_en", "intro_mn", "opens_at", "closes_at"]
        labels = {
            "title_en": _("Title in English"), "title_mn": _("Title in Mongolian"), "intro_en": _("Introduction in English"),
            "intro_mn": _("Introduction in Mongolian"), "opens_at": _("Opens by itself"), "closes_at": _("Closes by itself"),
        }  # fmt: skip
        widgets = {
            "title_mn": forms.TextInput(attrs={"lang": "mn"}),
            "intro_en": forms.Textarea(attrs={"rows": 2}),
            "intro_mn": forms.Textarea(attrs={"rows": 2, "lang": "mn"}),
            "opens_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "closes_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }
        help_texts = {
            "opens_at": _("The participants are written to at this moment. Empty: you open it."),
            "closes_at": _("Empty: it stays open until you close it."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.state != Form.State.DRAFT:
            del self.fields["opens_at"]
        if self.instance.kind == Form.Kind.EVALUATION:
            self.fields["closes_at"].help_text = _("Empty: it closes by itself 14 days after the last day. The report gives its mean once it is closed.")

    def _post_clean(self):
        """The act judges the whole row."""


class QuestionForm(SplitTextMixin, forms.ModelForm):
    """A question in both languages, and the answers to choose from in rows of their own; a row without words is left out."""

    EMPTY_ROWS = 3

    class Meta:
        model = Question
        fields = ["text_en", "text_mn", "kind", "is_required", "right_answer"]
        labels = {"text_en": _("Question in English"), "text_mn": _("Question in Mongolian"), "kind": _("Kind of answer")}
        widgets = {"text_mn": forms.TextInput(attrs={"lang": "mn"})}
        help_texts = {"right_answer": _("For yes or no in a test; empty where neither is right.")}

    def __init__(self, *args, form, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_test = form.kind in learning.TESTS
        if not self.is_test:
            del self.fields["right_answer"]
        options = list(self.instance.options.all()) if self.instance.pk else []
        self.rows = []
        for number in range(1, min(max(len(options) + self.EMPTY_ROWS, 5), learning.OPTIONS_AT_MOST) + 1):
            option = options[number - 1] if number <= len(options) else None
            names = [f"option{number}_en", f"option{number}_mn"]
            for name, label in zip(names, [_("Answer %(number)d in English"), _("Answer %(number)d in Mongolian")], strict=True):
                self.fields[name] = forms.CharField(label=label % {"number": number}, max_length=300, required=False)
            self.fields[names[1]].widget.attrs["lang"] = "mn"
            if option:
                self.initial |= {names[0]: option.text_en, names[1]: option.text_mn, f"option{number}_right": option.is_right}
            if self.is_test:
                names.append(f"option{number}_right")
                self.fields[names[2]] = forms.BooleanField(label=_("This answer is right"), required=False)
            self.rows.append([self[name] for name in names])

    def main(self):
        return [self[name] for name in self._meta.fields if name in self.fields]

    def details(self):
        """What the acts of `workshops.learning` take."""
        found = {name: self.cleaned_data[name] for name in self._meta.fields if name in self.fields}
        options = [
            {
                "text_en": self.cleaned_data[f"option{number}_en"], "text_mn": self.cleaned_data[f"option{number}_mn"],
                "is_right": self.cleaned_data.get(f"option{number}_right", False),
            }
            for number in range(1, len(self.rows) + 1)
        ]  # fmt: skip
        return {**found, "options": options}

    def _post_clean(self):
        """The act judges the whole row."""
