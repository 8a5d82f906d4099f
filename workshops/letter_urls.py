"""Addresses of letters, among the staff pages."""

from django.urls import path

from workshops.views import letters, letter_templates

urlpatterns = [
    path("workshops/<slug:slug>/letters/", letters.letters, name="letters"),
    path("workshops/<slug:slug>/letters/do/", letters.letters_act, name="letters_act"),
    path("workshops/<slug:slug>/letters/write/", letters.letters_write, name="letters_write"),
    path("workshops/<slug:slug>/letters/templates/", letter_templates.letter_templates_here, name="letter_templates_here"),
    path("workshops/<slug:slug>/letters/templates/<slug:kind>/", letter_templates.letter_template_here, name="letter_template_here"),
    path("letters/", letters.letter_outbox, name="letter_outbox"),
    path("letters/do/", letters.letter_outbox_act, name="letter_outbox_act"),
    path("letters/templates/", letter_templates.letter_templates, name="letter_templates"),
    path("letters/templates/<slug:kind>/", letter_templates.letter_template, name="letter_template"),
    path("letters/<int:pk>/", letters.letter, name="letter"),
    path("letters/<int:pk>/edit/", letters.letter_edit, name="letter_edit"),
    path("letters/<int:pk>/do/", letters.letter_act, name="letter_act"),
    path("letters/<int:pk>/attached/<slug:name>/", letters.letter_attached, name="letter_attached"),
]
