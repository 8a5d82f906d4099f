"""Addresses of the public workshop pages."""

from django.urls import path

from workshops.views import public

app_name = "workshops"
urlpatterns = [
    path("", public.workshop_list, name="list"),
    path("calendar.ics", public.calendar_feed, name="calendar_feed"),
    path("<slug:slug>/", public.detail, name="detail"),
    path("<slug:slug>/calendar.ics", public.calendar, name="calendar"),
    path("<slug:slug>/share.png", public.picture, name="picture"),
    path("<slug:slug>/materials/<int:pk>/", public.material, name="material"),
]
