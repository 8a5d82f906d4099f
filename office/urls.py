"""Addresses of the office's standing pages."""

from django.urls import path
from django.views.generic import RedirectView

from office import action_views, agenda_views, data_views, feeds, views

app_name = "office"
urlpatterns = [
    path("share.png", views.site_picture, name="picture"),
    path("who-we-are/", RedirectView.as_view(pattern_name="office:who_we_are_about", permanent=True), name="who_we_are"),
    path("who-we-are/about/", views.who_we_are_about, name="who_we_are_about"),
    path("who-we-are/iom-global/", views.iom_global, name="iom_global"),
    path("our-work/", views.our_work, name="our_work"),
    path("our-work/<slug:slug>/", views.work_area, name="work_area"),
    path("our-work/<slug:slug>/share.png", views.work_area_picture, name="work_area_picture"),
    path("data-and-resources/", data_views.data_and_resources, name="data_and_resources"),
    path("data-and-resources/figures/<slug:slug>/", data_views.indicator, name="indicator"),
    path("data-and-resources/figures/<slug:slug>/share.png", data_views.indicator_picture, name="indicator_picture"),
    path("data-and-resources/figures/<slug:slug>.csv", data_views.indicator_csv, name="indicator_csv"),
    path("data-and-resources/figures/<slug:slug>.json", data_views.indicator_json, name="indicator_json"),
    path("data-and-resources/publications/<slug:slug>/", data_views.resource, name="resource"),
    path("data-and-resources/publications/<slug:slug>.bib", data_views.resource_bibtex, name="resource_bibtex"),
    path("data-and-resources/publications/<slug:slug>.ris", data_views.resource_ris, name="resource_ris"),
    path("data-and-resources/publications/<slug:slug>/files/<int:pk>/", data_views.resource_file, name="resource_file"),
    path("take-action/", action_views.take_action, name="take_action"),
    path("take-action/help/", action_views.help, name="help"),
    path("take-action/report-misconduct/", action_views.report_misconduct, name="report_misconduct"),
    path("take-action/vacancies/", action_views.vacancies, name="vacancies"),
    path("take-action/tenders/", action_views.tenders, name="tenders"),
    path("take-action/volunteering/", action_views.volunteering, name="volunteering"),
    path("take-action/closed/", action_views.closed_opportunities, name="closed_opportunities"),
    path("take-action/feed/", feeds.opportunity_feed, name="opportunity_feed"),
    path("take-action/opportunities/<slug:slug>/", action_views.opportunity, name="opportunity"),
    path("take-action/opportunities/<slug:slug>/files/<int:pk>/", action_views.opportunity_file, name="opportunity_file"),
    path("2030-agenda/", agenda_views.agenda_2030, name="agenda_2030"),
    path("2030-agenda/goals/<int:number>/", agenda_views.goal, name="goal"),
    path("contacts/", views.contacts, name="contacts"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
