"""Take Action: help first, then reporting, then everything else that a visitor can do."""

from functools import wraps

from django.conf import settings
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from office.models import ActionLink, Page
from office.views import standing

# Kinds of ways to act that stand on a page of their own.
PAGES = {ActionLink.Kind.HOTLINE: "office:help", ActionLink.Kind.REPORT: "office:report_misconduct"}


def quiet_page(view):
    """Decorator of pages that somebody may have to leave at once: kept by no browser and no cache, and told to no other site."""

    @require_safe
    @wraps(view)
    def quiet(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return quiet


@require_safe
def take_action(request):
    page, head = standing(Page.Key.TAKE_ACTION)
    ways = list(ActionLink.objects.public())
    hotlines = [way for way in ways if way.kind == ActionLink.Kind.HOTLINE]
    kinds = [(kind, [way for way in ways if way.kind == kind]) for kind in ActionLink.Kind if kind not in PAGES]
    return render(
        request,
        "office/take_action.html",
        {
            "page": page,
            "head": head,
            "urgent": hotlines + [way for way in ways if way.kind == ActionLink.Kind.HELP],
            "kinds": [(kind, rows) for kind, rows in kinds if rows and kind != ActionLink.Kind.HELP],
        },
    )


# Help ------------------------------------------------------------------------------------------------------


@quiet_page
def help(request):
    """The numbers to call stand here in every language, whether or not a text was published in it."""
    page, head = standing(Page.Key.HELP, title=_("Get help"), description=_("Numbers to call, free, day and night."))
    ways = ActionLink.objects.public().filter(kind__in=[ActionLink.Kind.HOTLINE, ActionLink.Kind.HELP]).exclude(phone="")
    return render(
        request,
        "office/help.html",
        {
            "page": page,
            "head": head,
            "hotlines": [way for way in ways if way.kind == ActionLink.Kind.HOTLINE],
            "others": [way for way in ways if way.kind == ActionLink.Kind.HELP],
            "exit_to": settings.EXIT_ADDRESS,
        },
    )


@quiet_page
def report_misconduct(request):
    page, head = standing(Page.Key.REPORT, title=_("Report misconduct"))
    ways = ActionLink.objects.public().filter(kind=ActionLink.Kind.REPORT)
    return render(request, "office/report_misconduct.html", {"page": page, "head": head, "ways": ways, "exit_to": settings.EXIT_ADDRESS})
