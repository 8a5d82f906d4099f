"""Addresses of the staff pages."""

from django.urls import path

app_name = "staff"
urlpatterns = []
