"""Old addresses lead on: asked only when nothing else answered."""

from django.http import HttpResponsePermanentRedirect, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_path, get_language_from_request

from office.models import Redirect

LONGEST = Redirect._meta.get_field("old_path").max_length


def follow_redirects(get_response):
    """A 404 costs one query more. With a language in the old address the way is fixed for good (301); without one it
    depends on the visitor (302, and caches are told so). What stood behind the ? goes along."""

    def middleware(request):
        response = get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        found, language = lookup(request.path_info)
        if found is None:
            return response
        target = found.new_path
        if not target.startswith(("http://", "https://")):
            target = f"/{language or get_language_from_request(request)}/{target.lstrip('/')}"
        if target.rstrip("/") == request.path_info.rstrip("/"):
            # The item that an old address led to is itself no longer public: there is nowhere to go.
            return response
        if query := request.META.get("QUERY_STRING"):
            target += f"{'&' if '?' in target else '?'}{query}"
        if language or found.new_path.startswith(("http://", "https://")):
            return HttpResponsePermanentRedirect(target)
        moved = HttpResponseRedirect(target)
        patch_vary_headers(moved, ["Accept-Language"])
        return moved

    return middleware


def lookup(path):
    """(Redirect or None, language of the address or None). The address as it stands outweighs the one without language."""
    language = get_language_from_path(path)
    whole = path.rstrip("/") or "/"
    rest = whole.removeprefix(f"/{language}") or "/" if language else whole
    if len(whole) > LONGEST or not whole.isprintable():
        return None, language
    rows = Redirect.objects.in_bulk({whole, rest}, field_name="old_path")
    return rows.get(whole) or rows.get(rest), language
