"""Addresses of certificates, among the staff pages."""

from django.urls import path

from workshops.views import certificates

urlpatterns = [
    path("workshops/<slug:slug>/certificates/", certificates.certificates, name="certificates"),
    path("workshops/<slug:slug>/certificates/issue/", certificates.certificates_issue, name="certificates_issue"),
    path("workshops/<slug:slug>/certificates/print/", certificates.certificates_print, name="certificates_print"),
    path("workshops/<slug:slug>/certificates/<int:pk>/print/", certificates.certificate_print, name="certificate_print"),
    path("workshops/<slug:slug>/certificates/<int:pk>/revoke/", certificates.certificate_revoke, name="certificate_revoke"),
    path("workshops/<slug:slug>/certificates/<int:pk>/reissue/", certificates.certificate_reissue, name="certificate_reissue"),
]
