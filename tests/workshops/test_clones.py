"""Another workshop like one that there is: what comes along, shifted to its days, and what does not."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from tests.people import agenda_item, nomination_request, organisation, organiser, registration, signed_in, workshop
from workshops import checklists, clones, materials
from workshops.models import Form, LetterTemplate, Option, Question, Workshop

pytestmark = pytest.mark.django_db
HERE = ZoneInfo("Asia/Ulaanbaatar")
# A Monday and, nine weeks later, a Monday.
BEFORE, AFTER = date(2027, 3, 1), date(2027, 5, 3)


def pattern(**details):
    """A workshop of two days with all that a plan has."""
    by = organiser()
    at = workshop(
        starts_on=BEFORE, seats={organisation(): (2, 3)}, venue_en="UN House", hours="12.5", offers_itself=True, offer_hours=24,
        attendance_required=75, contact_name="Nomin", signatory_en="Chief of Mission", release_on=date(2027, 2, 15),
        nomination_deadline=datetime(2027, 2, 8, 18, 0, tzinfo=HERE), report_due_on=date(2027, 4, 1), **details,
    )  # fmt: skip
    speaker = registration(workshop=at, role="speaker")
    agenda_item(workshop=at, speakers=["Dr Bold", speaker])
    agenda_item(workshop=at, day=1, starts_at=time(14), ends_at=time(15), room_en="Hall 2", is_cancelled=True)
    agenda_item(workshop=at, day=1)
    at.meeting_days.update(starts_at=time(9), ends_at=time(17))
    checklists.add(at, by=by, title_en="Order flags", offset_days=-3)
    checklists.tick(at.checklist.get(), by=by)
    LetterTemplate.objects.create(kind="official-invitation", workshop=at, subject_en="Come", body_en="Dear", updated_by=by)
    for kind in ("pre", "post"):
        form = Form.objects.create(workshop=at, kind=kind, state="closed", opens_at=datetime(2027, 3, 1, 9, tzinfo=HERE))
        question = Question.objects.create(form=form, kind="one", text_en="What is fair?", key="8f6f1a5e-0000-4000-8000-000000000001")
        Option.objects.create(question=question, text_en="No fee", is_right=True)
    nomination_request(workshop=at)
    return at


def test_the_whole_plan_comes_along_and_nobody_with_it():
    at = pattern()
    fresh = clones.clone(at, by=organiser(), title_en="Again", title_mn="", starts_on=AFTER, ends_on=date(2027, 5, 4))
    assert {name: getattr(fresh, name) for name in clones.COPIED} == {name: getattr(Workshop.objects.get(pk=at.pk), name) for name in clones.COPIED}
    assert [(day.on, day.starts_at, day.items.count()) for day in fresh.meeting_days.all()] == [
        (AFTER, time(9), 1), (date(2027, 5, 4), time(9), 1),
    ]  # fmt: skip
    item = fresh.meeting_days.first().items.get()
    assert [(str(speaker), speaker.registration) for speaker in item.speakers.all()] == [("Dr Bold", None)]
    assert item.key != at.meeting_days.first().items.get().key
    assert [(row.title_en, row.offset_days, row.done_at, row.done_by) for row in fresh.checklist.all()] == [("Order flags", -3, None, None)]
    assert list(fresh.letter_templates.values_list("kind", "subject_en")) == [("official-invitation", "Come")]
    forms = fresh.forms.order_by("pk")
    assert [(form.kind, form.state, form.opens_at) for form in forms] == [
        (kind, "draft", datetime(2027, 5, 3, 9, tzinfo=HERE)) for kind in ("pre", "post")
    ]
    first, second = (form.questions.get() for form in forms)
    assert (first.key == second.key, first.options.get().is_right) == (True, True)
    assert (fresh.registrations.count(), fresh.nomination_requests.count(), fresh.ics_sequence, fresh.reported_at) == (0, 0, 0, None)


def test_deadlines_keep_their_distance_and_their_hour():
    fresh = clones.clone(pattern(), by=organiser(), title_en="Again", title_mn="", starts_on=AFTER, ends_on=date(2027, 5, 4))
    assert (fresh.nomination_deadline.astimezone(HERE).isoformat()[:16], fresh.release_on, fresh.report_due_on) == (
        "2027-04-12T18:00", date(2027, 4, 19), date(2027, 6, 3),
    )  # fmt: skip
    assert (fresh.list_frozen_at, fresh.answer_deadline) == (None, None)


def test_a_shorter_workshop_has_the_programme_of_its_days():
    fresh = clones.clone(pattern(), by=organiser(), title_en="Short", title_mn="", starts_on=AFTER, ends_on=AFTER)
    assert [(day.on, day.items.count()) for day in fresh.meeting_days.all()] == [(AFTER, 1)]


def test_a_day_left_out_stays_out():
    at = workshop(starts_on=BEFORE, days=3)
    at.meeting_days.get(on=date(2027, 3, 2)).delete()
    fresh = clones.clone(at, by=organiser(), title_en="Again", title_mn="", starts_on=AFTER, ends_on=date(2027, 5, 5))
    assert [day.on.day for day in fresh.meeting_days.all()] == [3, 5]


def test_of_a_workshop_without_days_the_deadlines_are_set_anew_and_the_usual_checklist_comes():
    at = workshop(starts_on=date(2013, 1, 1), precision="year", ends_on=None, report_due_on=date(2013, 9, 1))
    fresh = clones.clone(at, by=organiser(), title_en="Again", title_mn="", starts_on=AFTER, ends_on=AFTER)
    assert (fresh.report_due_on, fresh.checklist.count(), fresh.meeting_days.count()) == (None, len(checklists.USUAL), 1)


def test_materials_come_along_where_asked_each_file_on_its_own_and_none_of_the_staffs():
    at, by = pattern(), organiser()
    item = at.meeting_days.first().items.first()
    slides = materials.add(at, by=by, file=ContentFile(b"%PDF-1.7\n%%EOF", name="slides.pdf"), title_en="Slides", item=item)
    materials.add(at, by=by, link="https://iom.example/", title_en="Reading", visible_to="everybody")
    materials.add(at, by=by, link="https://iom.example/budget", title_en="Budget", visible_to="staff")
    details = {"title_en": "Again", "title_mn": "", "starts_on": AFTER, "ends_on": date(2027, 5, 4)}
    fresh = clones.clone(at, by=by, materials=True, **details)
    first, second = fresh.materials.all()
    assert [(row.title_en, row.link, row.visible_to, row.added_by) for row in (first, second)] == [
        ("Slides", "", "participants", by), ("Reading", "https://iom.example/", "everybody", by),
    ]  # fmt: skip
    assert first.item.day.workshop == fresh and first.file.name != slides.file.name and first.size == slides.size
    slides.file.storage.delete(slides.file.name)
    assert first.file.read() == b"%PDF-1.7\n%%EOF"
    # A file that is lost is no reason to make no workshop.
    assert [row.title_en for row in clones.clone(at, by=by, materials=True, **details | {"title_en": "Third"}).materials.all()] == ["Reading"]
    assert clones.clone(at, by=by, **details | {"title_en": "Without"}).materials.count() == 0
    first.file.storage.delete(first.file.name)


def test_the_page_offers_the_materials_where_there_are_some(client):
    at, staff = pattern(), signed_in(client, organiser())
    page = reverse("staff:workshop_clone", args=[at.slug])
    assert "materials" not in staff.get(page).context["form"].fields
    materials.add(at, by=None, link="https://iom.example/", title_en="Reading")
    shown = staff.get(page)
    assert (shown.context["form"]["materials"].value(), shown.context["contents"].links, shown.context["contents"].files) == (True, 1, 0)
    staff.post(page, {"title_en": "Again", "starts_on": "2027-07-05", "ends_on": "2027-07-06", "materials": "on"})
    assert Workshop.objects.get(title_en="Again").materials.get().title_en == "Reading"


def test_pressing_twice_makes_one():
    at, by = pattern(), organiser()
    details = {"title_en": "Again", "title_mn": "", "starts_on": AFTER, "ends_on": AFTER}
    assert clones.clone(at, by=by, **details) == clones.clone(at, by=by, **details)


def test_the_page_says_what_comes_along_and_what_speaks_against_the_days(client):
    at = pattern()
    staff = signed_in(client, organiser())
    page = staff.get(reverse("staff:workshop_clone", args=[at.slug]))
    contents = page.context["contents"]
    assert (contents.institutions, contents.items, contents.checklist, contents.templates, contents.forms, contents.questions) == (1, 2, 1, 1, 2, 2)
    assert [days for _label, days, _number in contents.deadlines] == [-21, -14, 31]
    data = {"title_en": "Again", "title_mn": "", "starts_on": "2027-07-10", "ends_on": "2027-07-11"}
    page = staff.post(reverse("staff:workshop_clone", args=[at.slug]), data, follow=True)
    said = [str(message) for message in page.context["messages"]]
    assert said[1:] == ["Saturday, 10 July is a weekend.", "Sunday, 11 July is a public holiday: National Festival Naadam."]
