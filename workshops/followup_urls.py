"""Addresses of one workshop's pages about answers and offers, among the staff pages."""

from django.urls import path

from workshops.views import followup, waiting

urlpatterns = [
    path("calls/", followup.call_list, name="call_list"),
    path("calls/remind/", followup.participants_remind, name="call_remind"),
    path("calls/<int:pk>/", followup.call_answer, name="call_answer"),
    path("waiting/", waiting.waiting_list, name="waiting_list"),
    path("waiting/offer/", waiting.waiting_offer, name="waiting_offer"),
    path("participants/<int:pk>/answer/", followup.registration_answer, name="registration_answer"),
    path("participants/<int:pk>/link/", followup.registration_link, name="registration_link"),
    path("participants/<int:pk>/deputy/", followup.registration_deputy, name="registration_deputy"),
]
