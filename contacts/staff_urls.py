"""Addresses of the staff pages about people and organisations, among the staff pages."""

from django.urls import include, path

from contacts.views import merges, organisations, people, privacy

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/new/", people.person_create, name="person_create"),
    # Reading it shows the person; posting to it opens or ends a position.
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("people/<int:pk>/merge/", merges.person_twin, name="person_twin"),
    # The first of the two is the record that stays. Reading shows both, posting merges them.
    path("people/<int:pk>/merge/<int:other>/", merges.person_merge, name="person_merge"),
    path("people/<int:pk>/data/", privacy.person_data, name="person_data"),
    path("people/<int:pk>/data/export/", privacy.person_export, name="person_export"),
    # Reading shows what would go, posting erases.
    path("people/<int:pk>/erase/", privacy.person_erase, name="person_erase"),
    path("people/privacy/", privacy.privacy, name="privacy"),
    path("people/merges/<int:pk>/undo/", merges.person_unmerge, name="person_unmerge"),
    path("people/duplicates/", include("contacts.duplicate_urls")),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/<slug:slug>/", organisations.organisation, name="organisation"),
]
