"""Pictures as the public gets them: each rendition under an address that holds its content's digest, and a news item's set."""

import shutil
import tempfile
import zipfile

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.addresses import absolute
from core.dates import show
from office import picture_library, renditions
from office.models import CountryOffice, NewsItem, NewsPicture, Picture

A_DAY = 24 * 3600
# Of a set; what is larger goes to the disk while it is made.
IN_MEMORY = 1024 * 1024


@require_safe
def picture(request, pk, name):
    """A rendition. One whose consent is missing or over is gone (410) for everybody from that moment, so whoever keeps such
    a picture for later has to ask each time; of all others nobody asks again for a day."""
    row = get_object_or_404(Picture, pk=pk)
    if not any(each["name"] == name for each in row.renditions):
        raise Http404
    if not row.may_be_shown:
        response = HttpResponse(_("This picture is shown no longer."), status=410, content_type="text/plain; charset=utf-8")
        response["Cache-Control"] = "no-store"
        return response
    etag = f'"{name.partition(".")[0]}"'
    response = get_conditional_response(request, etag=etag) or handed_out(row, name)
    response["ETag"] = etag
    unasked = row.consent == Picture.Consent.NOT_NEEDED
    response["Cache-Control"] = f"public, max-age={A_DAY}" if unasked else "public, no-cache"
    # Other sites may show what feeds and machines are told of.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def handed_out(row, name):
    """The answer with one of a picture's renditions; no browser takes it for anything but a picture."""
    try:
        opened = row.file.storage.open(picture_library.path_of(row, name), "rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(opened, content_type=renditions.FORMATS[name.rpartition(".")[2]][1])
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Content-Disposition"] = "inline"
    return response


@require_safe
def news_pictures(request, slug):
    """The pictures of a public item as a ZIP, for a newsroom: the clean originals, and their captions, credits and terms in
    words. One file after the other goes in, so it needs no more memory for many than for one."""
    item = get_object_or_404(NewsItem.objects.published(), slug=slug)
    shown = [each.picture for each in NewsPicture.objects.shown().filter(item=item)]
    if not shown:
        raise Http404
    made = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)
    # Pictures do not become smaller by being packed.
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as parts:
        named = [(f"{slug}-{number}.{row.file.name.rpartition('.')[2]}", row) for number, row in enumerate(shown, 1)]
        for name, row in named:
            entry = zipfile.ZipInfo(name, timezone.localtime(row.added_at).timetuple()[:6])
            try:
                with row.file.storage.open(row.file.name, "rb") as original, parts.open(entry, "w") as place:
                    shutil.copyfileobj(original, place)
            except FileNotFoundError:
                raise Http404 from None
        parts.writestr("captions.txt", "\ufeff" + _in_words(item, named))
    made.seek(0)
    response = FileResponse(made, as_attachment=True, filename=f"{slug}-pictures-{get_language()}.zip", content_type="application/zip")
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _in_words(item, named):
    """What a newsroom must know of the pictures before it prints them."""
    parts = [f"{item.title}\n{absolute(item.get_absolute_url())}"]
    for name, row in named:
        taken = ", ".join(filter(None, [row.place, show(row.taken_on, row.precision)]))
        parts.append("\n".join(filter(None, [
            name,
            row.caption,
            f"{_('What is to be seen')}: {row.alt}",
            f"{_('Taken')}: {taken}" if taken else "",
            f"{_('Credit')}: {row.credit}",
            f"{_('Terms')}: {row.licence or _('none are stated; ask the office before you use it')}",
        ])))  # fmt: skip
    office = CountryOffice.objects.first()
    if office and office.email:
        parts.append(f"{_('Questions about the pictures')}: {office.email}")
    return "\r\n\r\n".join(part.replace("\n", "\r\n") for part in parts) + "\r\n"
