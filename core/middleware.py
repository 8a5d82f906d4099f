"""What every answer gets and what no view should have to see: headers, unreadable input, a busy database, who did it."""

import pghistory
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.shortcuts import render
from django.utils import translation

from core.masking import masked

# SQLSTATEs of a passing state of the database: lock not available, statement or lock timeout, deadlock,
# serialisation failure, and a server that is starting, stopping or out of connections.
PASSING_STATES = {"55P03", "57014", "40P01", "40001", "57P01", "57P02", "57P03", "53300"}


def secure_headers(get_response):
    """Headers beyond Django's own; a signed-in page is never kept by a cache."""

    def middleware(request):
        response = get_response(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault(
            "Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=(), browsing-topics=()"
        )
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def refuse_unreadable_requests(get_response):
    """PostgreSQL cannot store a NUL and no form needs one; a lone surrogate cannot be encoded. Both get 400."""

    def unreadable(parameters):
        return any(
            "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text)
            for key, values in parameters.lists()
            for text in (key, *values)
        )

    def middleware(request):
        if "\x00" in request.path or unreadable(request.GET):
            return unreadable_answer(request)
        if request.method == "POST" and request.content_type in {
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        }:
            if unreadable(request.POST):
                return unreadable_answer(request)
        return get_response(request)

    return middleware


def unreadable_answer(request):
    """400 in the language of the address: whoever reads the request first has not found out the language yet."""
    with translation.override(translation.get_language_from_request(request, check_path=True)):
        return render(request, "400.html", status=400)


def busy_answer(request, exception):
    """503 with Retry-After where the database is in a passing state; None for every other fault."""
    if not isinstance(exception, OperationalError | InterfaceError):
        return None
    state = getattr(exception.__cause__, "pgcode", None)
    if state is not None and state not in PASSING_STATES:
        return None
    response = render(request, "busy.html", status=503)
    response["Retry-After"] = "3"
    return response


def say_when_busy(get_response):
    """A lock or a server that could not be had in time is answered 503, never with a traceback.

    This sees what happens in a view; what happens in another middleware comes to `iom_mongolia.views.server_error`.
    """

    def middleware(request):
        return get_response(request)

    def process_exception(request, exception):
        return busy_answer(request, exception)

    middleware.process_exception = process_exception
    return middleware


def keep_history_of_who(get_response):
    """The rows of history that a request causes carry who asked for it."""

    def middleware(request):
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return get_response(request)
        user = getattr(request, "user", None)
        with pghistory.context(user=user.pk if user and user.is_authenticated else None, url=masked(request.path)):
            return get_response(request)

    return middleware
