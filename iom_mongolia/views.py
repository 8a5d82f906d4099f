"""What belongs to the portal as a whole: home, search, the choice of language, and pages for what goes wrong."""

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request


def choose_language(request):
    """The root leads to the language that the browser asks for; nothing is remembered."""
    response = HttpResponseRedirect(f"/{get_language_from_request(request)}/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


def home(request):
    return render(request, "home.html")


def search(request):
    return render(request, "search.html")


def csrf_failure(request, reason=""):
    return render(request, "csrf.html", status=403)


def forbidden(request, exception=None):
    return render(request, "403.html", status=403)


def not_found(request, exception=None):
    return render(request, "404.html", status=404)


def server_error(request):
    return render(request, "500.html", status=500)
