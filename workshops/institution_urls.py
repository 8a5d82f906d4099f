"""Addresses of a workshop's institutions and their requests, among the staff pages of one workshop."""

from django.urls import path

from workshops.views import institutions

urlpatterns = [
    path("institutions/", institutions.institutions, name="institutions"),
    path("institutions/prepare/", institutions.institutions_prepare, name="institutions_prepare"),
    path("institutions/send/", institutions.institutions_send, name="institutions_send"),
    path("institutions/remind/", institutions.institutions_remind, name="institutions_remind"),
    path("institutions/<int:pk>/", institutions.institution, name="institution"),
    path("institutions/<int:pk>/edit/", institutions.institution_edit, name="institution_edit"),
    path("institutions/<int:pk>/act/", institutions.institution_act, name="institution_act"),
    path("institutions/<int:pk>/link/", institutions.institution_link, name="institution_link"),
    path("institutions/<int:pk>/letter.pdf", institutions.institution_letter, name="institution_letter"),
    path("institutions/<int:pk>/reply/", institutions.institution_reply, name="institution_reply"),
    path("institutions/<int:pk>/names/", institutions.institution_names, name="institution_names"),
    path("institutions/<int:pk>/names/<slug:key>/", institutions.institution_name, name="institution_name"),
    path("institutions/<int:pk>/list/", institutions.institution_list, name="institution_list"),
]
