"""The checks on the change page: what is found in a text, while one writes it and after it was saved."""

from contextlib import nullcontext

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.widgets import Script
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from office import languages, proofreading, versions

# The box beside what is found, ticked by who saves.
SAVE_AS_SAME = "_same"


class RefusesWhatStops:
    """A form of what is public as soon as it is saved: what stops publication is refused beside its field.

    Only in words that are being changed, or of what is about to become public: a page that was withdrawn elsewhere must not
    keep anybody from mending something else.
    """

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("is_public"):
            item = type(self.instance)._base_manager.filter(pk=self.instance.pk).first()
            sheet = proofreading.sheet_of_form(self._meta.model, self.data, item)
            anew = "is_public" in self.changed_data or item is None
            for finding in proofreading.read(proofreading.find_dead({0: sheet})[0]):
                if finding.blocks and finding.field in self.fields and (anew or finding.field in self.changed_data):
                    self.add_error(finding.field, f"{finding.sentence} {finding.excerpt}")
        return cleaned


class ProofreadAdmin:
    """For items with words in two languages; stands before the class that shows and saves them."""

    class Media:
        css = {"all": ["css/checks.css"]}
        js = [Script("js/checks.js", type="module")]

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("check/", wrap(self.check_view), name=self._address("check_new")),
            path("<path:object_id>/check/", wrap(self.check_view), name=self._address("check")),
            path("<path:object_id>/same/", wrap(self.same_view), name=self._address("same")),
            *super().get_urls(),
        ]

    def _address(self, page):
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """With what is found in what the page shows: in what was typed where it was refused, else in the newest text."""
        may = self.has_change_permission(request, obj) if change else self.has_add_permission(request)
        if may:
            name, args = ("check", [obj.pk]) if change else ("check_new", [])
            address = reverse(f"admin:{self._address(name)}", args=args)
            if request.method == "POST":
                # The form has put what was typed into `obj`; the rows say what it was.
                stored = self.model._base_manager.filter(pk=obj.pk).first() if change else None
                context["checks"] = _seen(self._typed(request, stored), address, same=SAVE_AS_SAME in request.POST)
            elif change:
                context["checks"] = _seen(proofreading.findings(obj), address)
            else:
                context["checks"] = {"address": address, "untouched": True}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _typed(self, request, item):
        sheet = proofreading.sheet_of_form(self.model, request.POST, item)
        return proofreading.read(proofreading.find_dead({0: sheet})[0])

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        response = super().changeform_view(request, object_id, form_url, extra_context)
        if request.method == "POST" and SAVE_AS_SAME in request.POST and object_id and response.status_code == 302:
            # An item that is gone leads elsewhere too.
            if item := self.get_object(request, unquote(object_id)):
                self._say_the_same(request, item)
        return response

    def check_view(self, request, object_id=None):
        """What is found in the form as it stands in the browser. Nothing is stored."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        item = None
        if object_id is None:
            if not self.has_add_permission(request):
                raise PermissionDenied
        else:
            item = self._own(request, object_id)
        with _newest(item):
            found = self._typed(request, item and type(item)._base_manager.get(pk=item.pk))
        return render(request, "admin/office/checks_list.html", {"checks": _seen(found, same=SAVE_AS_SAME in request.POST)})

    def same_view(self, request, object_id):
        """Says that both languages mean the same, and leads back to where that was said."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        item = self._own(request, object_id)
        self._say_the_same(request, item)
        back = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
            back = reverse(f"admin:{self._address('change')}", args=[item.pk])
        return HttpResponseRedirect(back)

    def _own(self, request, object_id):
        item = self.get_object(request, unquote(object_id))
        if item is None:
            raise Http404
        if not self.has_change_permission(request, item):
            raise PermissionDenied
        return item

    def _say_the_same(self, request, item):
        try:
            languages.say_the_same(item, by=request.user)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("It is noted that the Mongolian is up to date."))

    def desk_view(self, request, object_id, bound=None, status=200):
        """The desk's own page shows what is found in the newest text."""
        response = super().desk_view(request, object_id, bound, status)
        item = response.context_data["item"]
        response.context_data["checks"] = _seen(proofreading.findings_of_newest(item, versions.not_in_rows(item)))
        return response


def _newest(item):
    """The rows as they will be once what waits is published, where something can wait."""
    return versions.as_it_will_be(item) if type(item) in versions.PARTS else nullcontext()


def _seen(found, address="", *, same=False):
    """What the list shows; `same`: the box that the Mongolian is up to date stays ticked."""
    stops = [finding for finding in found if finding.blocks]
    return {"found": found, "stops": len(stops), "others": len(found) - len(stops), "address": address, "same": same}
