"""Addresses of what is public as JSON."""

from django.urls import path

from iom_mongolia import api

app_name = "api"
urlpatterns = [
    path("", api.index, name="index"),
    path("openapi.json", api.description, name="description"),
    path("news/", api.news, name="news"),
    path("news/<slug:slug>/", api.news_item, name="news_item"),
    path("workshops/", api.workshops, name="workshops"),
    path("workshops/<slug:slug>/", api.workshop, name="workshop"),
    path("areas/", api.areas, name="areas"),
    path("areas/<slug:slug>/", api.area, name="area"),
    path("indicators/", api.indicators, name="indicators"),
    path("indicators/<slug:slug>/", api.indicator, name="indicator"),
    path("opportunities/", api.opportunities, name="opportunities"),
    path("opportunities/<slug:slug>/", api.opportunity, name="opportunity"),
]
