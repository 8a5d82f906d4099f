"""The words of letters: for all workshops, and for one; both languages side by side, with a look at what comes of them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.access import organiser_required
from workshops import letter_kinds
from workshops import letters as acts
from workshops.letter_forms import WordsForm
from workshops.letter_html import on_the_page
from workshops.letter_words import fill, fill_subject, sample_of
from workshops.models import LetterTemplate
from workshops.views.letters import placeholders_of
from workshops.views.workspace import add_refusal, find


@organiser_required
def letter_templates(request):
    return _list(request, None)


@organiser_required
def letter_templates_here(request, slug):
    return _list(request, find(request, slug))


def _list(request, workshop):
    own = acts.all_templates(workshop)
    rows = [
        {"kind": kind, "url": _address(workshop, name), "template": own.get((name, workshop.pk if workshop else None)), "general": own.get((name, None)) if workshop else None}
        for name, kind in letter_kinds.KINDS.items()
        if name != "free"
    ]
    context = {"workshop": workshop, "layout": "staff/workspace.html" if workshop else "staff/base.html", "rows": rows}
    return render(request, "staff/letters/templates.html", context)


def _address(workshop, kind):
    return reverse("staff:letter_template_here", args=[workshop.slug, kind]) if workshop else reverse("staff:letter_template", args=[kind])


@organiser_required
def letter_template(request, kind):
    return _edit(request, None, kind)


@organiser_required
def letter_template_here(request, slug, kind):
    return _edit(request, find(request, slug), kind)


def _edit(request, workshop, name):
    """Reads, looks at (`preview`), keeps, or takes away (`restore`) the words of a kind."""
    kind = letter_kinds.KINDS.get(name)
    if kind is None or name == "free":
        raise Http404
    back = reverse("staff:letter_templates_here", args=[workshop.slug]) if workshop else reverse("staff:letter_templates")
    template = LetterTemplate.objects.filter(kind=name, workshop=workshop).select_related("updated_by").first()
    if request.method == "POST" and "restore" in request.POST:
        acts.restore_default(name, workshop=workshop, by=request.user)
        messages.success(request, _("The words for all workshops stand again.") if workshop else _("The portal’s own words stand again."))
        return redirect(_address(workshop, name))
    standing = {language: acts.standing_words(kind, language, but_for=workshop) for language in ("en", "mn")}
    initial = {}
    for language, (subject, body) in standing.items():
        initial[f"subject_{language}"] = getattr(template, f"subject_{language}", "") or subject
        initial[f"body_{language}"] = getattr(template, f"body_{language}", "") or body
    form = WordsForm(request.POST or None, initial=initial)
    looked_at, status = initial, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            looked_at = {key: form.cleaned_data[key] or initial[key] for key in initial}
            try:
                if "preview" in request.POST:
                    for language in ("en", "mn"):
                        acts.check_words_in(language, kind, looked_at[f"subject_{language}"], looked_at[f"body_{language}"])
                    status = 200
                else:
                    acts.save_template(name, workshop=workshop, by=request.user, **form.cleaned_data)
                    messages.success(request, _("The words were kept. Letters that are written already stay as they are."))
                    return redirect(back)
            except ValidationError as refusal:
                add_refusal(form, refusal)
    context = {
        "workshop": workshop,
        "layout": "staff/workspace.html" if workshop else "staff/base.html",
        "kind": kind,
        "template": template,
        "form": form,
        "placeholders": placeholders_of(kind),
        "papers": [_paper(kind, language, looked_at, workshop) for language in ("en", "mn")],
        "back": back,
    }
    return render(request, "staff/letters/template.html", context, status=status)


def _paper(kind, language, words, workshop):
    """(language, subject, text) as they would look to an invented official."""
    values = sample_of(kind, language, workshop=workshop)
    with translation.override(language):
        return language, fill_subject(words[f"subject_{language}"], values), on_the_page(fill(words[f"body_{language}"], values))
