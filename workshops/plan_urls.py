"""Addresses of one workshop's plan: moving it, putting it off, calling it off, its checklist, and what the press is told."""

from django.urls import path

from workshops.views import plan, press

urlpatterns = [
    path("clone/", plan.workshop_clone, name="workshop_clone"),
    path("move/", plan.workshop_move, name="workshop_move"),
    path("postpone/", plan.workshop_postpone, name="workshop_postpone"),
    path("cancel/", plan.workshop_cancel, name="workshop_cancel"),
    path("press/", press.press, name="press"),
    path("checklist/", plan.checklist, name="checklist"),
    path("checklist/begin/", plan.checklist_begin, name="checklist_begin"),
    path("checklist/<int:pk>/", plan.checklist_item, name="checklist_item"),
    path("checklist/<int:pk>/tick/", plan.checklist_tick, name="checklist_tick"),
    path("checklist/<int:pk>/remove/", plan.checklist_remove, name="checklist_remove"),
]
