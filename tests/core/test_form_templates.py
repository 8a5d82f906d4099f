"""How the portal's forms speak: label above, hint below it, error tied to the input, a summary that leads to each."""

import re

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Row, Submit
from django import forms
from django.template import Context, Template


class WorkshopForm(forms.Form):
    title = forms.CharField(help_text="As on the certificate.")
    remarks = forms.CharField(widget=forms.Textarea, required=False)
    seen_by = forms.ChoiceField(choices=[("all", "Everybody"), ("us", "Staff")], widget=forms.RadioSelect)
    languages = forms.MultipleChoiceField(
        choices=[("en", "English"), ("mn", "Монгол")], widget=forms.CheckboxSelectMultiple, required=False
    )
    remind = forms.BooleanField(required=False, help_text="Two days before.")
    programme = forms.FileField(required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def show(form, source="{{ form|crispy }}"):
    return Template("{% load crispy_forms_tags %}" + source).render(Context({"form": form}))


def tag_of(html, name):
    return re.search(rf"<(?:input|textarea|select)[^>]*name=\"{name}\"[^>]*>", html).group(0)


def test_the_hint_stands_between_label_and_input_and_is_tied_to_it():
    html = show(WorkshopForm())
    assert html.index('for="id_title"') < html.index('id="id_title_helptext"') < html.index('name="title"')
    assert 'aria-describedby="id_title_helptext"' in tag_of(html, "title")


def test_what_may_be_left_out_says_so_in_a_word():
    html = show(WorkshopForm())
    label = r'<label for="id_{}"[^>]*>(.*?)</label>'
    assert "(optional)" in re.search(label.format("remarks"), html, re.S).group(1)
    assert "(optional)" not in re.search(label.format("title"), html, re.S).group(1)


def test_an_error_is_tied_to_its_input_and_marked():
    html = show(WorkshopForm({}))
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in tag_of(html, "title")
    assert "id_title_error" in re.search('aria-describedby="([^"]+)"', tag_of(html, "title")).group(1)


def test_every_id_that_is_pointed_to_exists():
    html = show(WorkshopForm({}))
    pointed = set(re.findall(r'href="#([^"]+)"', html)) | {
        word for words in re.findall(r'aria-describedby="([^"]+)"', html) for word in words.split()
    }
    present = re.findall(r'\sid="([^"]+)"', html)
    assert pointed >= {"id_title", "id_seen_by_0", "id_title_error", "id_seen_by_error"}
    assert pointed - set(present) == set()
    assert len(present) == len(set(present))


def test_the_summary_takes_the_focus_and_stands_first():
    html = show(WorkshopForm({}))
    assert re.match(r'\s*<div class="error-summary" role="alert" tabindex="-1" autofocus>', html)


def test_a_form_without_faults_has_no_summary():
    assert "error-summary" not in show(WorkshopForm())
    assert "error-summary" not in show(WorkshopForm({"title": "Policy", "seen_by": "all"}))


def test_what_was_typed_is_kept():
    html = show(WorkshopForm({"title": "Бодлого <b>", "remarks": "Өвлийн"}))
    assert "Бодлого &lt;b&gt;" in html and "Өвлийн" in html


def test_several_choices_are_one_question():
    html = show(WorkshopForm())
    assert html.count("<fieldset") == 2
    assert html.count("<legend") == 2


def test_a_layout_brings_its_form_token_and_button(rf):
    form = WorkshopForm()
    form.helper = FormHelper()
    form.helper.layout = Layout(Fieldset("Facts", Row("title", "remarks"), "seen_by"), Submit("save", "Save"))
    html = Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": form, "csrf_token": "abc"}))
    assert 'method="post" novalidate enctype="multipart/form-data"' in html
    assert 'name="csrfmiddlewaretoken"' in html
    assert '<input type="submit" name="save" value="Save" class="button"' in html
    assert "<legend>Facts</legend>" in html and 'class="form-row"' in html


def test_no_style_and_no_script_is_written_into_a_form():
    html = show(WorkshopForm({}))
    assert "style=" not in html and "<script" not in html and " on" not in re.sub(r">[^<]*<", "><", html)
