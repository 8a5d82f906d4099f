"""Addresses of the programme and the materials, among the staff pages."""

from django.urls import path

from workshops.views import programme

urlpatterns = [
    path("workshops/<slug:slug>/programme/", programme.programme, name="programme"),
    path("workshops/<slug:slug>/programme/publish/", programme.programme_publish, name="programme_publish"),
    path("workshops/<slug:slug>/programme/print/", programme.programme_print, name="programme_print"),
    path("workshops/<slug:slug>/programme/add/", programme.programme_add, name="programme_add"),
    path("workshops/<slug:slug>/programme/versions/<int:number>/", programme.programme_version, name="programme_version"),
    path("workshops/<slug:slug>/programme/days/<int:pk>/", programme.programme_day, name="programme_day"),
    path("workshops/<slug:slug>/programme/items/<int:pk>/", programme.programme_item, name="programme_item"),
    path("workshops/<slug:slug>/programme/items/<int:pk>/remove/", programme.programme_remove, name="programme_remove"),
    path("workshops/<slug:slug>/materials/", programme.materials, name="materials"),
    path("workshops/<slug:slug>/materials/<int:pk>/", programme.material, name="material"),
    path("workshops/<slug:slug>/materials/<int:pk>/remove/", programme.material_remove, name="material_remove"),
    path("workshops/<slug:slug>/materials/<int:pk>/file/", programme.material_file, name="material_file"),
]
