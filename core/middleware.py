"""What every answer gets and what no view should have to see: headers, unreadable input, a busy database, who did it."""

import pghistory
from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponseBadRequest
from django.shortcuts import render

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
            return HttpResponseBadRequest("The address holds a character that cannot be read.")
        if request.method == "POST" and request.content_type in {
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        }:
            if unreadable(request.POST):
                return HttpResponseBadRequest("The form holds a character that cannot be read.")
        return get_response(request)

    return middleware


def say_when_busy(get_response):
    """A lock or a server that could not be had in time is answered 503 with Retry-After, never with a traceback."""

    def middleware(request):
        return get_response(request)

    def process_exception(request, exception):
        if isinstance(exception, OperationalError):
            state = getattr(exception.__cause__, "pgcode", None)
            if state is None or state in PASSING_STATES:
                response = render(request, "busy.html", status=503)
                response["Retry-After"] = "3"
                return response
        return None

    middleware.process_exception = process_exception
    return middleware


def keep_history_of_who(get_response):
    """The rows of history that a request causes carry who asked for it."""

    def middleware(request):
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return get_response(request)
        user = getattr(request, "user", None)
        with pghistory.context(user=user.pk if user and user.is_authenticated else None, url=request.path):
            return get_response(request)

    return middleware
