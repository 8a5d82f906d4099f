"""Addresses of tests and evaluations, among the staff pages."""

from django.urls import path

from workshops.views import learning

urlpatterns = [
    path("workshops/<slug:slug>/learning/", learning.learning_page, name="learning"),
    path("workshops/<slug:slug>/learning/<slug:kind>/", learning.learning_form, name="learning_form"),
    path("workshops/<slug:slug>/learning/<slug:kind>/act/", learning.learning_act, name="learning_act"),
    path("workshops/<slug:slug>/learning/<slug:kind>/results/", learning.learning_results_page, name="learning_results"),
    path("workshops/<slug:slug>/learning/<slug:kind>/questions/add/", learning.learning_add, name="learning_add"),
    path("workshops/<slug:slug>/learning/<slug:kind>/questions/<int:pk>/", learning.learning_question, name="learning_question"),
    path("workshops/<slug:slug>/learning/<slug:kind>/questions/<int:pk>/act/", learning.learning_question_act, name="learning_question_act"),
]
