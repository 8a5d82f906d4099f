"""Addresses at the door of one workshop: check-in, attendance, signed sheets, badges. Below staff/workshops/<slug>/."""

from django.urls import path

from workshops.views import attendance, door, door_device

urlpatterns = [
    # A service worker of the check-in page serves what stands below door/, and nothing else.
    path("door/", door.door, name="door"),
    path("door/mark/", door.mark, name="door_mark"),
    path("door/undo/", door.undo, name="door_undo"),
    path("door/let-in/<int:pk>/", door.let_in, name="door_let_in"),
    path("door/walk-in/", door.walk_in, name="door_walk_in"),
    path("door/list/", door_device.the_list, name="door_list"),
    path("door/send/", door_device.send, name="door_send"),
    path("door/shell/", door_device.shell, name="door_shell"),
    path("door/worker.js", door_device.worker, name="door_worker"),
    path("attendance/", attendance.overview, name="attendance"),
    path("attendance/drop/", attendance.drop, name="attendance_drop"),
    path("attendance/<int:day>/", attendance.sheet, name="sheet"),
    path("attendance/<int:day>/print/", attendance.sheet_print, name="sheet_print"),
    path("attendance/<int:day>/add/", attendance.sheet_add, name="sheet_add"),
    path("attendance/scans/<int:pk>/", attendance.sheet_scan, name="sheet_scan"),
    path("badges/", attendance.badges, name="badges"),
    path("badges/print/", attendance.badges_print, name="badges_print"),
    path("badges/tents/", attendance.badges_tents, name="badges_tents"),
    path("badges/<int:pk>/renew/", attendance.badge_renew, name="badge_renew"),
]
