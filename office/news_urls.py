"""Addresses of the office's news."""

from django.urls import path

from office import feeds, news_views, picture_views

app_name = "news"
urlpatterns = [
    path("", news_views.news_list, name="list"),
    path("feed/", feeds.news_feed, name="feed"),
    path("<slug:slug>/", news_views.news_detail, name="detail"),
    path("<slug:slug>/text/", news_views.news_text, name="text"),
    path("<slug:slug>/share.png", news_views.news_picture, name="picture"),
    path("<slug:slug>/pictures.zip", picture_views.news_pictures, name="pictures"),
]
