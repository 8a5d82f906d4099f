"""Addresses of the pages about people who stand in the directory twice, among those about people."""

from django.urls import path

from contacts.views import duplicates

urlpatterns = [
    path("", duplicates.duplicates_found, name="duplicates"),
    path("apart/", duplicates.duplicate_apart, name="duplicate_apart"),
    path("again/<int:pk>/", duplicates.duplicate_again, name="duplicate_again"),
]
