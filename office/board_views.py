"""The board of languages as a page of the admin."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from office import board


def board_view(request):
    """?kind=, ?state= and ?sort= choose; a word that is none of them chooses nothing."""
    chosen = {
        "kind": _one_of(request, "kind", board.KINDS),
        "state": _one_of(request, "state", dict(board.STATES)),
        "sort": _one_of(request, "sort", dict(board.SORTS)) or "newest",
    }
    page = Paginator(board.listed(**chosen), board.A_PAGE_HOLDS).get_page(request.GET.get("page"))
    rows = board.filled(page.object_list)
    for row in rows:
        # What this user may not change they read.
        row.may = request.user.edits_content and request.user.has_perm(f"office.change_{row.item._meta.model_name}")
    context = {
        **admin.site.each_context(request),
        "title": _("Both languages"),
        "page": page,
        "rows": rows,
        "chosen": chosen,
        "filtered": bool(chosen["kind"] or chosen["state"]),
        "kinds": [(name, capfirst(model._meta.verbose_name_plural)) for name, model in board.KINDS.items()],
        "states": board.STATES,
        "sorts": board.SORTS,
        "query": urlencode({name: value for name, value in chosen.items() if value}),
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "admin/office/board.html", context)


def _one_of(request, name, words):
    value = request.GET.get(name, "")
    return value if value in words else ""
