"""Addresses of the office's standing pages."""

from django.urls import path

app_name = "office"
urlpatterns = []
