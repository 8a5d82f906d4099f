"""Addresses of the office's news."""

from django.urls import path

from office import feeds, views

app_name = "news"
urlpatterns = [
    path("", views.news_list, name="list"),
    path("feed/", feeds.news_feed, name="feed"),
    path("<slug:slug>/", views.news_detail, name="detail"),
]
