"""Addresses of the public workshop pages."""

from django.urls import path

app_name = "workshops"
urlpatterns = []
