"""Certificates: who may have one, issuing, printing, revoking, issuing anew; and the public page that verifies one."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import organiser_required
from core.secrets import secret_page
from core.throttle import throttled
from workshops import certificate_documents
from workshops import certificates as acts
from workshops.models import Certificate, Registration
from workshops.views.workspace import add_refusal, find


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300,
        help_text=gettext_lazy("It stays in the history. The person gets a letter; the page that verifies the certificate says only that it is revoked."),
    )  # fmt: skip


class ReissueForm(forms.Form):
    given_name = forms.CharField(label=gettext_lazy("Given name"), max_length=100, required=False)
    patronymic = forms.CharField(label=gettext_lazy("Father’s or mother’s name"), max_length=100, required=False)
    given_name_latin = forms.CharField(label=gettext_lazy("Given name in Latin"), max_length=100, required=False)
    patronymic_latin = forms.CharField(label=gettext_lazy("Father’s or mother’s name in Latin"), max_length=100, required=False)
    name_mong = forms.CharField(
        label=gettext_lazy("Name in the traditional script"), max_length=200, required=False,
        help_text=gettext_lazy("Optional; printed vertically at the side."),
    )
    also_the_person = forms.BooleanField(
        label=gettext_lazy("Correct the person’s record too"), required=False, initial=True,
        help_text=gettext_lazy("Untick where the person is called otherwise today than at the workshop."),
    )


@organiser_required
@require_GET
def certificates(request, slug):
    workshop = find(request, slug)
    rows = acts.candidates(workshop)
    context = {
        "workshop": workshop,
        "rows": rows,
        "due": sum(row.is_due for row in rows),
        "valid": sum(row.certificate is not None and row.certificate.status == Certificate.Status.ISSUED for row in rows),
        "short": sum(row.refusal is not None and row.refusal.code == "falls_short" for row in rows),
    }
    return render(request, "staff/certificates/list.html", context)


@organiser_required
@require_POST
def certificates_issue(request, slug):
    """Issues those of one registration, or all that are due."""
    workshop = find(request, slug)
    wanted = request.POST.get("registration", "")
    if wanted:
        if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
            raise Http404
        registration = get_object_or_404(Registration, workshop=workshop, pk=wanted)
        try:
            certificate = acts.issue(registration, by=request.user)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("Certificate %(serial)s is issued to %(name)s.") % {"serial": certificate.serial, "name": registration.short_name})
        return redirect("staff:certificates", slug)
    issued = acts.issue_all(workshop, by=request.user)
    if issued:
        text = ngettext("%(number)d certificate was issued; its letter is in the outbox.", "%(number)d certificates were issued; their letters are in the outbox.", len(issued))
        messages.success(request, text % {"number": len(issued)})
    else:
        messages.info(request, _("No certificate is due."))
    return redirect("staff:certificates", slug)


def _certificate(request, slug, pk):
    return get_object_or_404(Certificate.objects.select_related("registration__person"), registration__workshop=find(request, slug), pk=pk)


def _pdf(request, slug, rows, name):
    """Certificates as PDF; the list, with a word, where the server's key that made a code is gone."""
    try:
        response = HttpResponse(certificate_documents.certificates_pdf(rows), content_type="application/pdf")
    except LookupError:
        messages.error(request, _("The key that made the code of a certificate is gone: revoke it and issue another."))
        return redirect("staff:certificates", slug)
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


@organiser_required
@require_GET
def certificates_print(request, slug):
    """All valid ones as one document, a page each, in the order of the list."""
    workshop = find(request, slug)
    valid = Certificate.objects.filter(registration__workshop=workshop, status=Certificate.Status.ISSUED).order_by("registration__sort_key", "pk")
    if not valid:
        raise Http404
    return _pdf(request, slug, valid, f"certificates-{slug}")


@organiser_required
@require_GET
def certificate_print(request, slug, pk):
    certificate = _certificate(request, slug, pk)
    return _pdf(request, slug, [certificate], certificate.serial)


@organiser_required
def certificate_revoke(request, slug, pk):
    certificate = _certificate(request, slug, pk)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            acts.revoke(certificate, by=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as refusal:
            add_refusal(form, refusal, reason_due="reason")
        else:
            messages.success(request, _("Certificate %(serial)s is revoked.") % {"serial": certificate.serial})
            return redirect("staff:certificates", slug)
    context = {"workshop": certificate.registration.workshop, "certificate": certificate, "form": form}
    return render(request, "staff/certificates/revoke.html", context, status=422 if form.errors else 200)


@organiser_required
def certificate_reissue(request, slug, pk):
    certificate = _certificate(request, slug, pk)
    registration = certificate.registration
    initial = {name: getattr(registration, name) for name in acts.NAMES} | {"name_mong": registration.person.name_mong}
    form = ReissueForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            fresh = acts.reissue(certificate, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            add_refusal(form, refusal, no_name="given_name")
        else:
            messages.success(
                request,
                _("Certificate %(new)s is issued and replaces %(old)s.") % {"new": fresh.serial, "old": certificate.serial},
            )
            return redirect("staff:certificates", slug)
    context = {"workshop": registration.workshop, "certificate": certificate, "form": form}
    return render(request, "staff/certificates/reissue.html", context, status=422 if form.errors else 200)


@secret_page
# A whole hall that scans its papers comes from one address; a token is guessed at no speed.
@throttled("certificate", times=200, seconds=300)
@require_GET
def certificate_verify(request, token):
    """What was certified, to whoever holds the certificate: names, workshop, days, issuer, and whether it is valid."""
    certificate = acts.find(token)
    if certificate is None:
        return render(request, "workshops/certificate_unknown.html", status=404)
    return render(request, "workshops/certificate.html", {"certificate": certificate, "facts": certificate.facts})
