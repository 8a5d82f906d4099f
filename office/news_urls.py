"""Addresses of the office's news."""

from django.urls import path

app_name = "news"
urlpatterns = []
