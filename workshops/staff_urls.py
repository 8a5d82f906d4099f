"""Addresses of the staff pages."""

from django.urls import include, path

from workshops.views import participants, press, staff, workspace

app_name = "staff"

one_workshop = [
    path("", workspace.workshop, name="workshop"),
    path("edit/", workspace.workshop_edit, name="workshop_edit"),
    path("", include("workshops.plan_urls")),
    path("status/", workspace.workshop_status, name="workshop_status"),
    path("history/", workspace.workshop_history, name="workshop_history"),
    path("seats/", workspace.seats, name="seats"),
    path("", include("workshops.institution_urls")),
    path("seats/edit/", workspace.seats_edit, name="seats_edit"),
    path("seats/release/", workspace.seats_release, name="seats_release"),
    path("participants/", participants.participants, name="participants"),
    # The same address: reading it lists the participants, posting to it registers one more.
    path("participants/", participants.participants, name="register"),
    path("participants/add/", participants.participant_add, name="participant_add"),
    path("participants/find/", participants.people_find, name="people_find"),
    path("participants/move/", participants.participants_move, name="participants_move"),
    path("participants/<int:pk>/", participants.registration, name="registration"),
    path("", include("workshops.followup_urls")),
    path("participants/<int:pk>/edit/", participants.registration_edit, name="registration_edit"),
    path("participants/<int:pk>/replace/", participants.registration_replace, name="registration_replace"),
]

urlpatterns = [
    path("", staff.today, name="today"),
    path("workshops/", staff.workshops, name="workshops"),
    path("issues/", staff.issues, name="issues"),
    path("press/", press.press_workshops, name="press_workshops"),
    path("workshops/new/", staff.workshop_create, name="workshop_create"),
    path("workshops/<slug:slug>/", include(one_workshop)),
    path("undo/<uuid:batch>/", participants.undo, name="undo"),
    path("workshops/<slug:slug>/", include("workshops.door_urls")),
    # Lists of nominations, and people and organisations, each with addresses of their own.
    path("", include("workshops.list_urls")),
    path("", include("workshops.report_urls")),
    path("", include("workshops.programme_urls")),
    path("", include("workshops.learning_urls")),
    path("", include("workshops.certificate_urls")),
    path("", include("workshops.letter_urls")),
    path("", include("contacts.staff_urls")),
]
