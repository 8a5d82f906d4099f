"""Addresses behind a secret token; the words before the token are those of core.masking."""

from django.urls import path

from workshops.views import certificates, learning

app_name = "links"
urlpatterns = [
    path("answer/<token:token>/form/<slug:kind>/", learning.fill, name="form"),
    path("certificate/<token:token>/", certificates.certificate_verify, name="certificate"),
]
