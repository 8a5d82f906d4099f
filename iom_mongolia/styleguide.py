"""The style guide: every component of the pages at once, in both languages, for whoever builds or checks them."""

import re
from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.access import staff_required
from core.templatetags.portal import STATES


class SampleForm(forms.Form):
    title = forms.CharField(label=_("Title"), help_text=_("As it should stand on the certificate."))
    institution = forms.ChoiceField(
        label=_("Institution"),
        choices=[
            ("", "—"),
            ("mlsp", "Гэр бүл, хөдөлмөр, нийгмийн хамгааллын яам"),
            ("mofa", "Ministry of Foreign Affairs"),
        ],
    )
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    languages = forms.MultipleChoiceField(
        label=_("Languages of work"),
        choices=[("en", "English"), ("mn", "Монгол")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    visibility = forms.ChoiceField(
        label=_("Who sees it"),
        choices=[("public", _("Everybody")), ("internal", _("Staff only"))],
        widget=forms.RadioSelect,
    )
    programme = forms.FileField(label=_("Programme"), required=False, help_text=_("A PDF of at most 5 MB."))
    remarks = forms.CharField(label=_("Remarks"), widget=forms.Textarea, required=False)
    reminder = forms.BooleanField(
        label=_("Remind the focal points"), required=False, help_text=_("Two days before the nominations close.")
    )


def _icon_names():
    """The names in the icon sprite, in its order; the mark of the office is not an icon."""
    sprite = Path(finders.find("img/icons.svg")).read_text(encoding="utf-8")
    return [name for name in re.findall(r'<symbol id="([^"]+)"', sprite) if name != "mark"]


@staff_required
def styleguide(request):
    """Every component in one place; for those who build pages, so not where the portal is used for real."""
    if not settings.DEMO_MODE:
        raise Http404
    broken = SampleForm({"title": "Хөдөлмөрийн шилжилт хөдөлгөөн", "starts_on": ""}, {}, auto_id="broken_%s")
    broken.is_valid()
    return render(
        request,
        "styleguide.html",
        {
            "plain_form": SampleForm(),
            "broken_form": broken,
            "states": STATES,
            "sample_states": ["confirmed", "invited", "waitlisted"],
            "icons": _icon_names(),
            "page": Paginator(range(240), 25).page(4),
            "goals": range(1, 18),
            "sample_messages": [
                Message(constants.SUCCESS, "Д. Энхжаргал: confirmed.", extra_tags=f"undo:{request.path}"),
                Message(constants.WARNING, "Three rows need mending before they can be taken over."),
                Message(constants.ERROR, "Яамны суудлын дээд хэмжээнд хүрсэн тул бүртгэх боломжгүй."),
                Message(constants.INFO, "The list was frozen on 1 December 2026."),
            ],
        },
    )
