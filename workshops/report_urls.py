"""Addresses of reports, among the staff pages."""

from django.urls import path

from workshops.views import reports

urlpatterns = [
    path("reports/", reports.reports, name="reports"),
    path("reports/file/", reports.reports_file, name="reports_file"),
    path("workshops/<slug:slug>/report/", reports.report, name="report"),
    path("workshops/<slug:slug>/report/file/", reports.report_file, name="report_file"),
    path("workshops/<slug:slug>/report/sent/", reports.report_sent, name="report_sent"),
]
