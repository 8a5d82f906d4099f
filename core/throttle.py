"""How often an address may be asked by one visitor: counted in the cache that all processes share."""

import time
from functools import wraps

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.shortcuts import render
from django.utils.crypto import salted_hmac


def visitor(request):
    """A name for where a request comes from, from which the address cannot be read back."""
    return salted_hmac("core.throttle", get_adapter().get_client_ip(request) or "", algorithm="sha256").hexdigest()[:20]


def allowed(name, who, *, times, seconds):
    """Counts one more and says whether it is still within `times` in this window of `seconds`."""
    window = int(time.time() // seconds)
    key = f"throttle:{name}:{who}:{window}"
    if cache.add(key, 1, seconds + 1):
        return True
    try:
        return cache.incr(key) <= times
    except ValueError:  # it ended between the two
        return True


def throttled(name, *, times, seconds, methods=("GET", "HEAD", "POST")):
    """Decorator: a visitor who asks more often gets 429 with Retry-After and a page that says so."""

    def decorator(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if request.method in methods and not allowed(name, visitor(request), times=times, seconds=seconds):
                response = render(request, "too_many.html", status=429)
                response["Retry-After"] = str(seconds)
                return response
            return view(request, *args, **kwargs)

        return guarded

    return decorator
