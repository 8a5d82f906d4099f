"""Where the code on a badge leads."""

from django.urls import path

from workshops.views import door

app_name = "badges"
urlpatterns = [path("<token:token>/", door.badge, name="badge")]
