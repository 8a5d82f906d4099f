"""Sign-in and its second factor; nobody signs up by themselves."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.urls"))]
