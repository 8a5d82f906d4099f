"""What is kept about one person: shown, given out, erased; and the register of all that was done.

Organisers and administrators give a person's data out; it is their daily work and every time is written down. Only
administrators erase: it cannot be undone. The desk and editors do neither.
"""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import administrator_required, organiser_required
from contacts import erasure, exports, keeping
from contacts.forms import TypedTextMixin
from contacts.models import Erasure, Person, PersonExport, Purge
from core import names
from core.pages import numbered_page

A_PAGE_HOLDS = 50


class ExportForm(TypedTextMixin, forms.Form):
    purpose = forms.CharField(
        label=gettext_lazy("What for"), max_length=300, help_text=gettext_lazy("For example: the person asked for their data by letter 12/345.")
    )
    recipient = forms.CharField(label=gettext_lazy("Who receives it"), max_length=200)


class EraseForm(TypedTextMixin, forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("Ground"), choices=[each for each in Erasure.Ground.choices if each[0] != Erasure.Ground.REPLAY], widget=forms.RadioSelect
    )
    reference = forms.CharField(
        label=gettext_lazy("Number and date of the letter"), max_length=60, required=False,
        help_text=gettext_lazy("It is kept, so it must not name the person. May stay empty."),
    )  # fmt: skip
    typed = forms.CharField(label=gettext_lazy("Given name, to confirm"), max_length=100)

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["typed"].help_text = _("Type “%(name)s”. It cannot be undone.") % {"name": person.given_name or person.given_name_latin}
        self.fields["typed"].widget.attrs["autocomplete"] = "off"

    def clean_typed(self):
        typed = self.cleaned_data["typed"]
        if names.repair(typed)[0].casefold() not in {name.casefold() for name in (self.person.given_name, self.person.given_name_latin) if name}:
            raise ValidationError(_("This is not the given name of the person to be erased."), code="another_name")
        return typed


def _somebody(pk):
    """The person, or None where the record no longer stands for one: its own page says so."""
    known = get_object_or_404(Person, pk=pk)
    return None if known.merged_into_id or known.anonymised_at else known


# Kept and given out -------------------------------------------------------------------------------------------


@organiser_required
def person_data(request, pk):
    known = _somebody(pk)
    return redirect("staff:person", pk) if known is None else _shown(request, known, ExportForm())


@organiser_required
@require_POST
def person_export(request, pk):
    """The file with all that is kept, and a row in the register."""
    known = _somebody(pk)
    if known is None:
        return redirect("staff:person", pk)
    form = ExportForm(request.POST)
    if form.is_valid():
        try:
            done = exports.export(known, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            answer = HttpResponse(done.content, content_type="application/zip")
            answer["Content-Disposition"] = f'attachment; filename="{done.name}"'
            answer["Cache-Control"] = "no-store"
            return answer
    return _shown(request, known, form, status=422)


def _shown(request, known, form, status=200):
    kept = keeping.about(known)
    tables = [(capfirst(str(model._meta.verbose_name_plural)), rows.count()) for model, rows in exports.tables_of(kept).items()]
    context = {
        "person": known,
        "tables": tables,
        "form": form,
        "exports": known.exports.select_related("by")[:20],
        "may_erase": request.user.is_superuser,
    }
    return render(request, "staff/people/data.html", context, status=status)


# Erased -------------------------------------------------------------------------------------------------------


@administrator_required
def person_erase(request, pk):
    """Read: what would go, what stays, what stands in the way. Posted to: the person is erased."""
    known = _somebody(pk)
    if known is None:
        return redirect("staff:person", pk)
    form = EraseForm(request.POST or None, person=known)
    if request.method == "POST" and form.is_valid():
        try:
            erasure.erase(known, by=request.user, reason=form.cleaned_data["reason"], reference=form.cleaned_data["reference"])
        except ValidationError as refusal:
            code = getattr(refusal, "code", "")
            form.add_error("reference" if code == "names_in_reference" else None, refusal)
        else:
            messages.success(request, _("The person is erased. Only the numbers that they are counted in are kept."))
            return redirect("staff:person", pk)
    context = {"person": known, "form": form, "preview": erasure.preview(known)}
    return render(request, "staff/people/erase.html", context, status=422 if form.is_bound else 200)


# The register -------------------------------------------------------------------------------------------------

DUTIES = {
    "needs": gettext_lazy("Diet and access needs, 30 days after the event"),
    "merges": gettext_lazy("What merges remembered, after 30 days"),
}


@organiser_required
def privacy(request):
    """All exports, erasures and clearings, the latest first."""
    rows = [
        {"at": at, "kind": kind, "pk": pk}
        for kind, model in (("export", PersonExport), ("erasure", Erasure), ("purge", Purge))
        for pk, at in model.objects.order_by().values_list("pk", "at")
    ]
    rows.sort(key=lambda row: (row["at"], row["kind"], row["pk"]), reverse=True)
    page = numbered_page(request, rows, A_PAGE_HOLDS)
    wanted = {kind: [row["pk"] for row in page if row["kind"] == kind] for kind in ("export", "erasure", "purge")}
    found = {
        "export": PersonExport.objects.select_related("person", "by").in_bulk(wanted["export"]),
        "erasure": Erasure.objects.select_related("by").in_bulk(wanted["erasure"]),
        "purge": Purge.objects.in_bulk(wanted["purge"]),
    }
    for purge in found["purge"].values():
        purge.words = DUTIES.get(purge.duty, purge.duty)
        purge.parts = [f"{name} {number}" for name, number in purge.detail.items()]
    shown = [{**row, "row": found[row["kind"]].get(row["pk"])} for row in page]
    return render(request, "staff/people/privacy.html", {"page": page, "rows": [row for row in shown if row["row"]], "duties": DUTIES.values()})
