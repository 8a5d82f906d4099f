"""Tests and evaluations: a participant's page behind their own link, and the staff pages."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import organiser_required
from core.secrets import secret_page
from core.throttle import throttled
from workshops import learning, learning_results, links, scores
from workshops.learning_forms import AboutForm, FillForm, QuestionForm
from workshops.models import Form, Link, Question, Receipt, Submission
from workshops.views.answer import A_HALL, link_dead
from workshops.views.workspace import add_refusal, find


# Behind the link ----------------------------------------------------------------------------------------------


@secret_page
@throttled("answer", **A_HALL)
@require_http_methods(["GET", "HEAD", "POST"])
def fill(request, token, kind):
    """One form of one official. What was typed stays when something is missing; sending it twice changes nothing."""
    try:
        registration = links.resolve(token, Link.Kind.ANSWER).registration
    except links.Dead as dead:
        return link_dead(request, dead)
    form = Form.objects.select_related("workshop").filter(workshop=registration.workshop_id, kind=kind).first()
    if form is None:
        raise Http404
    standing = learning.stands(form, registration)
    fields = FillForm(request.POST if request.method == "POST" else None, form=form) if standing == "open" else None
    status = 200
    if request.method == "POST" and standing == "answered":
        return redirect(request.path)
    if request.method == "POST" and fields is not None:
        if fields.is_valid():
            try:
                learning.submit(form, registration, fields.answers(), language=get_language())
            except ValidationError as refusal:
                add_refusal(fields, refusal)
            else:
                return redirect(request.path)
        status = 422
    context = {
        "form": form, "workshop": registration.workshop, "fields": fields, "standing": standing, "token": token,
        "refusal": "" if standing in {"open", "answered"} else learning.refusal_of(standing),
    }  # fmt: skip
    return render(request, "learning/fill.html", context, status=status)


# Staff --------------------------------------------------------------------------------------------------------


def _form(request, slug, kind):
    workshop = find(request, slug)
    form = get_object_or_404(Form, workshop=workshop, kind=kind)
    form.workshop = workshop
    return form


@organiser_required
@require_GET
def learning_page(request, slug):
    """The forms with who has answered and who has not. The number of queries does not grow with the forms."""
    workshop = find(request, slug)
    forms = {form.kind: form for form in Form.objects.filter(workshop=workshop)}
    people = list(learning.concerned(workshop).select_related("organisation").order_by("sort_key"))
    done = {}
    for model in (Submission, Receipt):
        for form, registration in model.objects.filter(form__workshop=workshop, registration__isnull=False).values_list("form", "registration"):
            done.setdefault(form, set()).add(registration)
    rows = []
    for kind in Form.Kind:
        form = forms.get(kind)
        if form is not None:
            form.workshop = workshop
            form.done = len(done.get(form.pk, ()))
            form.missing = [row for row in people if row.pk not in done.get(form.pk, ())] if form.state != Form.State.DRAFT else []
            form.early = learning.is_too_early(form)
            form.takes_answers = learning.is_open(form)
        rows.append((kind, form))
    context = {"workshop": workshop, "rows": rows, "gain": scores.gain_of([workshop]).get(workshop.pk), "asked": len(people)}
    return render(request, "staff/learning/learning.html", context)


@organiser_required
@require_POST
def learning_act(request, slug, kind):
    """Creates, opens, closes or deletes a form, or reminds those who are silent."""
    workshop, act = find(request, slug), request.POST.get("act", "")
    if kind not in Form.Kind.values:
        raise Http404
    try:
        if act == "create":
            learning.create(workshop, kind, by=request.user)
            messages.success(request, _("The form has the usual questions. Read and change them, then open it."))
            return redirect("staff:learning_form", slug, kind)
        form = _form(request, slug, kind)
        if act == "open":
            learning.open(form, by=request.user, tell="quiet" not in request.POST)
            messages.success(request, _("The form is open."))
        elif act == "close":
            learning.close(form, by=request.user)
            messages.success(request, _("The form is closed."))
        elif act == "remove":
            learning.remove(form, by=request.user)
            messages.success(request, _("The form was deleted."))
        elif act == "remind":
            number = learning.remind(form, by=request.user)
            messages.success(request, ngettext("%(number)d person is reminded, once a day at most.", "%(number)d people are reminded, once a day at most.", number) % {"number": number})
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("staff:learning", slug)


@organiser_required
def learning_form(request, slug, kind):
    form = _form(request, slug, kind)
    about = AboutForm(request.POST or None, instance=_form(request, slug, kind))
    if request.method == "POST" and about.is_valid():
        try:
            learning.edit(form, by=request.user, **about.cleaned_data)
        except ValidationError as refusal:
            add_refusal(about, refusal)
        else:
            messages.success(request, _("The form was changed."))
            return redirect("staff:learning_form", slug, kind)
    context = {
        "workshop": form.workshop, "form": form, "about": about, "questions": list(form.questions.prefetch_related("options")),
        "fixed": form.submissions.exists(), "problems": learning.problems_of(form), "is_test": form.kind in learning.TESTS,
        "early": learning.is_too_early(form),
    }  # fmt: skip
    return render(request, "staff/learning/form.html", context, status=422 if about.errors else 200)


@organiser_required
def learning_add(request, slug, kind):
    return _edit(request, _form(request, slug, kind), None)


@organiser_required
def learning_question(request, slug, kind, pk):
    form = _form(request, slug, kind)
    return _edit(request, form, get_object_or_404(Question, pk=pk, form=form))


def _edit(request, form, question):
    fields = QuestionForm(request.POST or None, instance=question, form=form, initial=None if question else {"kind": Question.Kind.SCALE})
    if request.method == "POST" and fields.is_valid():
        try:
            if question is None:
                learning.add_question(form, by=request.user, **fields.details())
            else:
                learning.edit_question(question, by=request.user, **fields.details())
        except ValidationError as refusal:
            add_refusal(fields, refusal)
        else:
            messages.success(request, _("The question was saved."))
            return redirect("staff:learning_form", form.workshop.slug, form.kind)
    context = {"workshop": form.workshop, "form": form, "question": question, "fields": fields}
    return render(request, "staff/learning/question.html", context, status=422 if fields.errors else 200)


@organiser_required
@require_POST
def learning_question_act(request, slug, kind, pk):
    """Up, down or out."""
    question, act = get_object_or_404(Question, pk=pk, form=_form(request, slug, kind)), request.POST.get("act", "")
    try:
        if act == "out":
            learning.remove_question(question, by=request.user)
        elif act in {"up", "down"}:
            learning.move_question(question, up=act == "up", by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("staff:learning_form", slug, kind)


@organiser_required
@require_GET
def learning_results_page(request, slug, kind):
    form = _form(request, slug, kind)
    number, results = learning_results.results_of(form)
    is_test = form.kind in learning.TESTS
    context = {
        "workshop": form.workshop, "form": form, "number": number, "results": results, "fewest": scores.FEWEST, "is_test": is_test, "takes_answers": learning.is_open(form),
        "means": learning_results.means_chart(results),
        "pairs": learning_results.pairs_of(form.workshop) if is_test else [], "gain": scores.gain_of([form.workshop]).get(form.workshop.pk) if is_test else None,
    }  # fmt: skip
    return render(request, "staff/learning/results.html", context)
