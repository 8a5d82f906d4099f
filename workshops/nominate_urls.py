"""Addresses of the focal point's page; the word before the token is one of core.masking."""

from django.urls import path

from workshops.views import nominate

app_name = "nominate"
urlpatterns = [
    path("nominate/<token:token>/", nominate.page, name="page"),
    path("nominate/<token:token>/name/<slug:key>/", nominate.name, name="name"),
    path("nominate/<token:token>/list/", nominate.name_list, name="list"),
    path("nominate/<token:token>/letter.pdf", nominate.letter, name="letter"),
]
