"""Change pages that say who else has them open, and show again what the browser kept of a text that was never saved."""

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed, JsonResponse
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from office import presence

RESTORED = "_restored"


class PresenceAdmin:
    """A mixin of model admins; static/js/editing.js does the rest in the browser."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_presence"
        return [path("<path:object_id>/presence/", self.admin_site.admin_view(self.presence_view), name=name), *super().get_urls()]

    def presence_view(self, request, object_id):
        """Told by the page that is open: {"words": who else has it open}; with `leave`, that it is closed."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        record = self.get_object(request, unquote(object_id))
        if record is None:
            raise Http404
        if not self.has_change_permission(request, record):
            raise PermissionDenied
        if "leave" in request.POST:
            presence.leave(record, request.user)
            return JsonResponse({"words": ""})
        who = ", ".join(
            f"{each.user} ({formats.time_format(timezone.localtime(each.since))})" for each in presence.come(record, request.user)
        )
        words = _("Open at this moment also at: %(who)s. Whoever saves second sees the difference.") % {"who": who} if who else ""
        return JsonResponse({"words": words})

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        extra = {"kept_up": True, "restored": RESTORED in request.POST}
        if object_id:
            extra["presence"] = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_presence", args=[unquote(object_id)])
        return super().changeform_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def get_form(self, request, obj=None, change=False, **kwargs):
        """A text that the browser kept is shown as it was typed; nothing of it is stored until it is saved."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if request.method != "POST" or RESTORED not in request.POST:
            return form

        class Restored(form):
            def clean(self):
                cleaned = super().clean()
                self.add_error(None, _("This is the text that was kept on this computer. Nothing of it has been saved yet."))
                return cleaned

        return Restored
