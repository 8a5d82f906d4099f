"""Old addresses lead on: asked only when nothing else answered."""

from django.conf import settings
from django.http import HttpResponsePermanentRedirect, HttpResponseRedirect, QueryDict
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_path, get_language_from_request, override

from office.models import Redirect

LONGEST = Redirect._meta.get_field("old_path").max_length
AREAS = "/our-work/"


def follow_redirects(get_response):
    """A 404 costs one query more. With a language in the old address the way is fixed for good (301); without one it
    depends on the visitor (302, and caches are told so). What stood behind the ? goes along.

    What hangs on a page that has moved (its plain text, its figures as CSV, its files) has moved with it, and so has the
    feed of an area.
    """

    def middleware(request):
        response = get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        area = request.GET.get("area", "")
        found, language, rest = look(request.path_info, f"{AREAS}{area}" if area else "")
        if found is None:
            return response
        outside = found.new_path.startswith(("http://", "https://"))
        if rest is None:
            # The address is right, and the area that it asks for is called otherwise now.
            new = _area_of(found.new_path)
            return HttpResponsePermanentRedirect(f"{request.path}?{_asking(request, area=new)}") if new and new != area else response
        target = found.new_path if outside else f"/{language or get_language_from_request(request)}/{found.new_path.lstrip('/')}"
        if rest:
            target = f"{target.rstrip('/')}{rest}"
            if outside or not _is_an_address(target):
                return response
        if target.rstrip("/") == request.path_info.rstrip("/"):
            # The item that an old address led to is itself no longer public: there is nowhere to go.
            return response
        if query := request.META.get("QUERY_STRING"):
            target += f"{'&' if '?' in target else '?'}{query}"
        if language or outside:
            return HttpResponsePermanentRedirect(target)
        moved = HttpResponseRedirect(target)
        patch_vary_headers(moved, ["Accept-Language"])
        return moved

    return middleware


def lookup(path):
    """(Redirect or None, language of the address or None) of an address as a whole."""
    found, language, rest = look(path)
    return (None if rest else found), language


def look(path, beside=""):
    """(Redirect or None, language of the address or None, what hangs on it): "" where the old address is the whole one, None
    where only the old path `beside` was found. The address as it stands outweighs the one without language, and the longer
    one the shorter."""
    language = get_language_from_path(path)
    whole = path.rstrip("/") or "/"
    if len(whole) > LONGEST or not f"{whole}{beside}".isprintable() or len(beside) > LONGEST:
        return None, language, ""
    wished = [(key, rest) for start, rest in _starts(whole, path) for key in _with_and_without(start, language)]
    rows = Redirect.objects.in_bulk({*(key for key, _rest in wished), *([beside] if beside else [])}, field_name="old_path")
    for key, rest in wished:
        if key in rows:
            return rows[key], language, rest
    return rows.get(beside), language, None


def _with_and_without(path, language):
    return [path, path.removeprefix(f"/{language}") or "/"] if language else [path]


def _starts(whole, path):
    """(an address, what hangs on it): the address itself, then what it may be a part of, as long as there is a page's name in it."""
    yield whole, ""
    head, dot, kind = whole.rpartition(".")
    if dot and "/" not in kind and path == whole:
        yield head, f".{kind}"
    parts = whole.split("/")
    for length in range(len(parts) - 1, 2, -1):
        yield "/".join(parts[:length]), path[len("/".join(parts[:length])) :]


def _is_an_address(path):
    with override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            resolve(path)
        except Resolver404:
            return False
    return True


def _area_of(path):
    return path.removeprefix(AREAS).strip("/") if path.startswith(AREAS) else ""


def _asking(request, **changes):
    asked = QueryDict(request.META.get("QUERY_STRING", ""), mutable=True)
    for name, value in changes.items():
        asked[name] = value
    return asked.urlencode()
