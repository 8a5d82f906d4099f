"""Addresses of the official's own page; the word before the token is one of core.masking."""

from django.urls import path

from workshops.views import answer

app_name = "answer"
urlpatterns = [
    path("answer/<token:token>/", answer.page, name="page"),
    path("answer/<token:token>/calendar.ics", answer.calendar, name="calendar"),
    path("answer/<token:token>/certificate.pdf", answer.certificate, name="certificate"),
    path("answer/<token:token>/material/<int:pk>/", answer.material, name="material"),
]
