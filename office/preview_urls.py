"""Addresses at which an item is read as it will be: by colleagues, and by whoever has a link."""

from django.urls import path

from office import preview_views

app_name = "preview"
urlpatterns = [
    path("<token:token>/", preview_views.shared, name="shared"),
    path("<slug:kind>/<int:pk>/", preview_views.show, name="show"),
]
