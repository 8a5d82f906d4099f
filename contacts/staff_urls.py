"""Addresses of the staff pages about people and organisations."""

urlpatterns = []
