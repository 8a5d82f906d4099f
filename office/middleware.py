"""Old addresses lead on: asked only when nothing else answered."""

from django.conf import settings
from django.http import HttpResponsePermanentRedirect
from django.utils.translation import get_language_from_request

from office.models import Redirect


def follow_redirects(get_response):
    def middleware(request):
        response = get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        path = request.path_info
        language, rest = get_language_from_request(request), path
        for code, _name in settings.LANGUAGES:
            if path.startswith(f"/{code}/"):
                language, rest = code, path[len(code) + 1 :]
        # The resolver's own redirect may have added the slash that old addresses do not have.
        candidates = {text.rstrip("/") or "/" for text in (path, rest)}
        found = Redirect.objects.filter(old_path__in=candidates).first()
        if found is None:
            return response
        target = found.new_path if found.new_path.startswith("http") else f"/{language}{found.new_path}"
        return HttpResponsePermanentRedirect(target)

    return middleware
