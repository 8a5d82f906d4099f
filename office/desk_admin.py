"""The change page of what goes through the editor's desk, and the desk's own page: state, what waits, acts, versions, comments."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import NON_FIELD_ERRORS, BadRequest, PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.addresses import absolute
from core.changes import label_of
from core.pages import LANGUAGE_NAMES, LANGUAGES
from office import previews, reviews, versions
from office.models import PreviewLink, Step, Version
from office.preview_views import in_each_language

# On one page of the desk; older ones are on the page of all versions.
VERSIONS_SHOWN = 10


class MomentField(forms.DateTimeField):
    """A day and an hour in Ulaanbaatar; empty means now."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})

    def __init__(self, **options):
        super().__init__(required=False, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"], **options)


class TextForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Comment"), required=False, max_length=reviews.LONGEST_COMMENT, widget=forms.Textarea(attrs={"rows": 3})
    )


class MomentsForm(TextForm):
    """Languages to tick, each with a moment."""

    def __init__(self, *args, item, **kwargs):
        super().__init__(*args, **kwargs)
        self.codes = [code for code in LANGUAGES if self.offers(item, code)]
        for code in self.codes:
            self.fields[code] = forms.BooleanField(label=LANGUAGE_NAMES[code], required=False)
            self.fields[f"{code}_at"] = MomentField(label=self.moment_label)

    def moments(self):
        return {code: self.cleaned_data[f"{code}_at"] for code in self.codes if self.cleaned_data[code]}

    def rows(self):
        return [(code, self[code], self[f"{code}_at"]) for code in self.codes]


class PublishForm(MomentsForm):
    moment_label = gettext_lazy("from (empty: now)")

    def offers(self, item, code):
        return not item.is_published(code)


class WithdrawForm(MomentsForm):
    moment_label = gettext_lazy("at (empty: now)")

    def offers(self, item, code):
        return _standing(item, code, timezone.now())["state"] in {"public", "scheduled"}


LEADING = {Step.Act.SUBMIT, Step.Act.APPROVE, Step.Act.PUBLISH}
FORMS = {Step.Act.PUBLISH: PublishForm, Step.Act.WITHDRAW: WithdrawForm}
DONE = {
    Step.Act.COMMENT: gettext_lazy("Your comment is kept."),
    Step.Act.SUBMIT: gettext_lazy("A review is asked for: the reviewers get a letter."),
    Step.Act.TAKE_BACK: gettext_lazy("It is out of the review; go on writing."),
    Step.Act.APPROVE: gettext_lazy("It is approved: the editors get a letter."),
    Step.Act.SEND_BACK: gettext_lazy("It is sent back: its authors get your words by letter."),
    Step.Act.PUBLISH: gettext_lazy("It is published as you said."),
    Step.Act.WITHDRAW: gettext_lazy("It is withdrawn as you said."),
    Step.Act.DROP: gettext_lazy("The changes are dropped; they can be restored from the versions."),
}


class TextState(admin.SimpleListFilter):
    """Items whose newest text waits for somebody."""

    title = gettext_lazy("newest text")
    parameter_name = "text"

    def lookups(self, request, model_admin):
        return [(state.value, state.label) for state in Version.OPEN]

    def queryset(self, request, queryset):
        return queryset.filter(text_state=self.value()) if self.value() in Version.OPEN else queryset


class DeskAdmin:
    """For items that go through the desk: what is saved of a public one waits until it is published."""

    change_form_template = "admin/office/desk_change_form.html"

    # The list ---------------------------------------------------------------------------------------------------

    def get_queryset(self, request):
        """With the state of each item's open version, if it has one."""
        waiting = Version.objects.open().filter(
            content_type__app_label=self.opts.app_label, content_type__model=self.opts.model_name, object_id=OuterRef("pk")
        )
        return super().get_queryset(request).annotate(text_state=Subquery(waiting.values("state")[:1]))

    def get_list_display(self, request):
        return [*super().get_list_display(request), "newest_text"]

    def get_list_filter(self, request):
        return [TextState, *super().get_list_filter(request)]

    @admin.display(description=gettext_lazy("newest text"), ordering="text_state")
    def newest_text(self, item):
        return Version.State(item.text_state).label if item.text_state else "–"

    # The change page --------------------------------------------------------------------------------------------

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id and "_saveasnew" in request.POST:
            # Django would make another item of it, whether or not a button offers that.
            raise BadRequest
        item = self.get_object(request, unquote(object_id)) if object_id else None
        if item is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        if request.method != "POST":
            with versions.as_it_will_be(item):
                return self._rendered(super().changeform_view(request, object_id, form_url, self._more(request, item, extra_context)))
        return self._save(request, item, object_id, form_url, extra_context)

    def _save(self, request, item, object_id, form_url, extra_context):
        """The form is saved into the rows and read back as the text of a version. Where the public reads the rows, they are
        put back as they were, and the version waits."""
        with transaction.atomic():
            item = versions.lock(item)
            out, more = versions.is_out(item), self._more(request, item, extra_context)
            if self.has_change_permission(request, item):
                versions.begin(item)
            point = transaction.savepoint_create()
            if newest := versions.not_in_rows(item):
                versions.write_back(item, newest.data, to_look=True)
            request.desk_saved = False
            response = self._rendered(super().changeform_view(request, object_id, form_url, more))
            saved = request.desk_saved
            data = versions.snapshot(item) if saved else None
            if out or not saved:
                transaction.savepoint_rollback(point)
            else:
                transaction.savepoint_commit(point)
            if saved:
                reviews.save(item, data, by=request.user)
            if saved and out:
                super().log_change(request, item, request.desk_log)
            return response

    def log_change(self, request, object, message):
        """What a user did lately stands on the index; of a save that waits it is written once its rows are put back."""
        request.desk_log = message
        return super().log_change(request, object, message)

    def _rendered(self, response):
        return response.render() if hasattr(response, "render") and not response.is_rendered else response

    def _more(self, request, item, extra_context):
        return {
            "desk": standing(item),
            "desk_waits": versions.waits(item) is not None,
            "show_save_and_add_another": False,
            **(extra_context or {}),
        }

    def response_add(self, request, obj, post_url_continue=None):
        reviews.save(obj, versions.snapshot(obj), by=request.user)
        response = super().response_add(request, obj, post_url_continue)
        return response if {"_continue", "_popup"} & request.POST.keys() else HttpResponseRedirect(self.desk_url(obj))

    def response_change(self, request, obj):
        request.desk_saved = True
        response = super().response_change(request, obj)
        if versions.is_out(obj):
            messages.info(request, _("The public goes on reading the published text until the changes are published."))
        return response if "_continue" in request.POST else HttpResponseRedirect(self.desk_url(obj))

    # The desk's page --------------------------------------------------------------------------------------------

    def desk_url(self, item):
        return reverse(f"admin:{self._name('desk')}", args=[item.pk])

    def _name(self, page):
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/desk/", wrap(self.desk_view), name=self._name("desk")),
            path("<path:object_id>/desk/<slug:act>/", wrap(self.act_view), name=self._name("act")),
            path("<path:object_id>/preview/", wrap(self.preview_view), name=self._name("preview")),
            path("<path:object_id>/preview/link/", wrap(self.link_view), name=self._name("link")),
            path("<path:object_id>/preview/link/<int:link>/", wrap(self.revoke_view), name=self._name("revoke")),
            path("<path:object_id>/versions/", wrap(self.versions_view), name=self._name("versions")),
            path("<path:object_id>/versions/restore/", wrap(self.restore_view), name=self._name("restore")),
            *super().get_urls(),
        ]

    def _item(self, request, object_id):
        item = self.get_object(request, unquote(object_id))
        if item is None:
            raise Http404
        if not self.has_view_or_change_permission(request, item):
            raise PermissionDenied
        return item

    def _shared(self, request, item, title):
        """What every page of an item's desk knows; `title` has a place for the item."""
        request.current_app = self.admin_site.name
        return {
            **self.admin_site.each_context(request), "title": title % {"item": item}, "opts": self.opts, "item": item, "original": item,
            "desk": standing(item),
        }  # fmt: skip

    def desk_view(self, request, object_id, bound=None, status=200):
        item = self._item(request, object_id)
        version = versions.open_of(item)
        acts = reviews.open_acts(item, request.user, version)
        latest = versions.not_in_rows(item)
        kept = Version.objects.of(item).select_related("saved_by", "approved_by", "published_by")
        forms = [self._form(act, item, bound) for act in OFFERED if act in acts]
        # One is open: what was refused, else what brings the item on. What takes something back waits until it is looked for.
        for each in forms[:1]:
            each["leads"] = each["act"] in LEADING
            each["open"] |= each["leads"] and (bound is None or bound[0] not in {form["act"] for form in forms})
        context = {
            **self._shared(request, item, _("Desk: %(item)s")),
            "version": version,
            "authors": list(version.authors.all()) if version else [],
            "changes": versions.differences(type(item), versions.snapshot(item), latest.data) if latest else [],
            "two_people": reviews.needs_two(item, version),
            "forms": forms,
            "comment": self._form(Step.Act.COMMENT, item, bound) if Step.Act.COMMENT in acts else None,
            "steps": Step.objects.filter(version__in=Version.objects.of(item)).select_related("by", "version").order_by("-pk")[:50],
            "kept": kept[:VERSIONS_SHOWN],
            "number_kept": kept.count(),
            "may_change": self.has_change_permission(request, item),
        }
        return TemplateResponse(request, "admin/office/desk.html", context, status=status)

    def _form(self, act, item, bound):
        """An act as the page offers it: its key, its words, and its form; the one that was refused holds what was typed."""
        if bound and bound[0] == act:
            form = bound[1]
        else:
            form = FORMS[act](item=item, prefix=act) if act in FORMS else TextForm(prefix=act)
        return {"act": act, "words": WORDS[act], "hint": HINTS.get(act, ""), "form": form, "rows": form.rows() if act in FORMS else None, "open": form.is_bound}

    def act_view(self, request, object_id, act):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        item = self._item(request, object_id)
        if act not in DONE:
            raise Http404
        form = FORMS[act](request.POST, item=item, prefix=act) if act in FORMS else TextForm(request.POST, prefix=act)
        if form.is_valid():
            what = {"by": request.user, "text": form.cleaned_data["text"]}
            if act in FORMS:
                what["moments"] = form.moments()
            try:
                ACTS[act](item, **what)
            except ValidationError as refusal:
                form.add_error(None, _sentences(refusal, item))
            else:
                messages.success(request, DONE[act])
                return HttpResponseRedirect(self.desk_url(item))
        bound = (act, form)
        if act not in reviews.open_acts(item, request.user):
            # Its form is not on the page any more, so the reason stands above it.
            messages.error(request, " ".join(form.non_field_errors()))
        return self.desk_view(request, object_id, bound, status=422)

    # Previews ---------------------------------------------------------------------------------------------------

    def preview_view(self, request, object_id):
        """Both languages at a phone's or a screen's width, and the links for people without an account."""
        item = self._item(request, object_id)
        width = request.GET.get("width")
        # Who only reads the desk gets no link that could be passed on.
        may_write = reviews.writes(request.user, item)
        links = list(PreviewLink.objects.of(item).live().select_related("made_by")) if may_write else []
        for link in links:
            link.address = absolute(reverse("preview:shared", args=[link.token]))
        context = {
            **self._shared(request, item, _("Preview of %(item)s")),
            "widths": [("phone", _("Phone")), ("screen", _("Screen"))],
            "width": width if width in {"phone", "screen"} else "phone",
            "frames": [
                (code, LANGUAGE_NAMES[code], address)
                for code, address in in_each_language("preview:show", self.opts.model_name, item.pk)
            ],
            "links": links,
            "may_write": may_write,
        }
        return TemplateResponse(request, "admin/office/preview.html", context)

    def link_view(self, request, object_id):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        item = self._item(request, object_id)
        previews.make_link(item, by=request.user)
        messages.success(request, _("The link is made: copy it below. It ends after seven days."))
        return HttpResponseRedirect(f"{reverse(f'admin:{self._name("preview")}', args=[item.pk])}#preview-links")

    def revoke_view(self, request, object_id, link):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        item = self._item(request, object_id)
        previews.revoke(get_object_or_404(PreviewLink.objects.of(item), pk=link), by=request.user)
        messages.success(request, _("The link opens nothing any more."))
        return HttpResponseRedirect(f"{reverse(f'admin:{self._name("preview")}', args=[item.pk])}#preview-links")

    # Versions ---------------------------------------------------------------------------------------------------

    def versions_view(self, request, object_id):
        """All versions, and two of them word by word: ?from=1&to=3, where a 0 stands for what the public reads."""
        item = self._item(request, object_id)
        kept = list(Version.objects.of(item).select_related("saved_by").defer("data"))
        numbers = [version.number for version in kept]
        newest = numbers[0] if numbers else 0
        after = self._number(request.GET.get("to"), numbers, newest)
        before = self._number(request.GET.get("from"), numbers, next((number for number in numbers if number < after), 0))
        context = {
            **self._shared(request, item, _("Versions of %(item)s")),
            "kept": kept,
            "before": before,
            "out": versions.is_out(item),
            "after": after,
            "changes": versions.differences(type(item), self._data(item, before), self._data(item, after)) if kept else [],
            "may_restore": reviews.writes(request.user, item) and self.has_change_permission(request, item),
            "restorable": next((version for version in kept if version.number == after and after != newest), None),
        }
        return TemplateResponse(request, "admin/office/versions.html", context)

    def _number(self, typed, numbers, otherwise):
        return int(typed) if typed and typed.isdecimal() and len(typed) < 9 and int(typed) in {0, *numbers} else otherwise

    def _data(self, item, number):
        return get_object_or_404(Version.objects.of(item), number=number).data if number else versions.snapshot(item)

    def restore_view(self, request, object_id):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        item = self._item(request, object_id)
        number = request.POST.get("version", "")
        version = get_object_or_404(Version.objects.of(item), number=int(number) if number.isdecimal() and len(number) < 9 else 0)
        try:
            reviews.restore(item, version, by=request.user)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("The text of version %(number)d is the newest one now.") % {"number": version.number})
        return HttpResponseRedirect(self.desk_url(item))


ACTS = {
    Step.Act.COMMENT: reviews.comment,
    Step.Act.SUBMIT: reviews.submit,
    Step.Act.TAKE_BACK: reviews.take_back,
    Step.Act.APPROVE: reviews.approve,
    Step.Act.SEND_BACK: reviews.send_back,
    Step.Act.PUBLISH: reviews.publish,
    Step.Act.WITHDRAW: reviews.withdraw,
    Step.Act.DROP: reviews.drop,
}
# What brings the item on stands first.
OFFERED = [
    Step.Act.APPROVE, Step.Act.PUBLISH, Step.Act.SUBMIT, Step.Act.SEND_BACK, Step.Act.TAKE_BACK, Step.Act.WITHDRAW, Step.Act.DROP,
]  # fmt: skip
WORDS = {
    Step.Act.COMMENT: gettext_lazy("Comment"),
    Step.Act.SUBMIT: gettext_lazy("Ask for a review"),
    Step.Act.TAKE_BACK: gettext_lazy("Take it out of the review"),
    Step.Act.APPROVE: gettext_lazy("Approve"),
    Step.Act.SEND_BACK: gettext_lazy("Send it back"),
    Step.Act.PUBLISH: gettext_lazy("Publish"),
    Step.Act.WITHDRAW: gettext_lazy("Withdraw"),
    Step.Act.DROP: gettext_lazy("Drop the changes"),
}
HINTS = {
    Step.Act.SUBMIT: gettext_lazy("Reviewers get a letter. What is changed afterwards takes it out of the review."),
    Step.Act.APPROVE: gettext_lazy("You have read it and it may go out. Editors get a letter."),
    Step.Act.SEND_BACK: gettext_lazy("Say what is to be changed; the authors get it by letter."),
    Step.Act.TAKE_BACK: gettext_lazy("It is no longer under review."),
    Step.Act.PUBLISH: gettext_lazy("Tick a language to publish it. Where the item is public already, what waits goes out at once. Ulaanbaatar time."),
    Step.Act.WITHDRAW: gettext_lazy("The page is gone for the public, in the languages that you tick. Ulaanbaatar time."),
    Step.Act.DROP: gettext_lazy("The public goes on reading what is published; the dropped text stays among the versions."),
}


def _sentences(refusal, item):
    """What is refused of a column of the item is said with the column's name, for the form of an act has no such field."""
    if not hasattr(refusal, "error_dict"):
        return refusal
    return [
        f"{label_of(item._meta.get_field(name))}: {sentence}" if name != NON_FIELD_ERRORS else sentence
        for name, sentences in refusal.message_dict.items() for sentence in sentences
    ]  # fmt: skip


def standing(item):
    """[{code, name, state, words, moment, address}] of both languages: what the public meets."""
    now = timezone.now()
    return [_standing(item, code, now) for code in LANGUAGES]


def _standing(item, code, now):
    begins, ends = getattr(item, f"publish_at_{code}"), getattr(item, f"unpublish_at_{code}")
    there = bool(getattr(item, f"title_{code}"))
    if not begins:
        state, words, moment = "draft", (_("draft") if there else _("not written")), None
    elif ends and ends <= now:
        state, words, moment = "ended", _("withdrawn"), ends
    elif begins > now:
        state, words, moment = "scheduled", _("public from"), begins
    elif not there:
        state, words, moment = "draft", _("not written"), None
    elif ends:
        state, words, moment = "public", _("public until"), ends
    else:
        state, words, moment = "public", _("public since"), begins
    return {"code": code, "name": LANGUAGE_NAMES[code], "state": state, "words": words, "moment": moment}
