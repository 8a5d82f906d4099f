"""Pages of previews."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.translation import override
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from accounts.access import staff_required
from core.pages import LANGUAGES
from core.secrets import secret_page
from core.throttle import throttled
from office import previews, versions
from office.models import PreviewLink

# The desk shows the page in frames of a phone's and a screen's width.
FRAMED = {**settings.SECURE_CSP, "frame-ancestors": [CSP.SELF]}


def in_each_language(name, *args):
    """[(code, address)] of an address by its name."""
    found = []
    for code in LANGUAGES:
        with override(code):
            found.append((code, reverse(name, args=args)))
    return found


@require_safe
@staff_required
@xframe_options_sameorigin
@csp_override(FRAMED)
def show(request, kind, pk):
    """For those who may see the item in the admin."""
    model = next((model for model in versions.PARTS if model._meta.model_name == kind), None)
    if model is None:
        raise Http404
    if not request.user.has_perm(f"office.view_{kind}"):
        raise PermissionDenied
    item = get_object_or_404(model, pk=pk)
    return previews.answer(request, item, in_each_language("preview:show", kind, pk))


@require_safe
@secret_page
@throttled("preview", times=60, seconds=60)
def shared(request, token):
    """For whoever has the link, until it ends or is revoked."""
    link = PreviewLink.objects.by_token(token)
    if link is None or not PreviewLink.objects.live().filter(pk=link.pk).exists() or link.item is None:
        raise Http404
    return previews.answer(request, link.item, in_each_language("preview:shared", token), until=link.expires_at)
