"""Where the code on a badge leads."""

from django.urls import path

from workshops.views import badge

app_name = "badges"
urlpatterns = [path("<token:token>/", badge.badge, name="badge")]
