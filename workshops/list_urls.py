"""Addresses of nomination lists, among the staff pages."""

from django.urls import path

from workshops.views import lists

urlpatterns = [
    path("workshops/<slug:slug>/lists/", lists.list_new, name="list_new"),
    path("workshops/<slug:slug>/lists/<int:pk>/", lists.list_show, name="list_show"),
    path("workshops/<slug:slug>/lists/<int:pk>/columns/", lists.list_columns, name="list_columns"),
    path("workshops/<slug:slug>/lists/<int:pk>/rows/<int:row>/", lists.list_row, name="list_row"),
    path("workshops/<slug:slug>/lists/<int:pk>/commit/", lists.list_commit, name="list_commit"),
    path("workshops/<slug:slug>/lists/<int:pk>/undo/", lists.list_undo, name="list_undo"),
    path("workshops/<slug:slug>/lists/<int:pk>/download/", lists.list_download, name="list_download"),
]
