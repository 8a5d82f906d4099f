"""Who may see which address: one table, which fails when an address is missing from it."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from contacts import duplicates, merging
from contacts.models import ImportBatch, ImportRow
from office import previews
from office.models import Goal
from tests import people
from workshops import agendas, attendance, checklists, learning, letters, links, materials, registrations
from workshops.models import ActBatch, Link, NominationList, State
from workshops.views.nominate import key_of

pytestmark = pytest.mark.django_db

EVERYBODY = {"anonymous", "desk", "writer", "reviewer", "editor", "organiser", "administrator"}
SIGNED_IN = EVERYBODY - {"anonymous"}
AT_THE_DESK = {"desk", "organiser", "administrator"}
ORGANISERS = {"organiser", "administrator"}
TELLERS = ORGANISERS | {"writer", "reviewer", "editor"}

# Name of the address → (who may, its arguments by name of the fixture's `things`, the method that it takes).
TABLE = {
    "choose_language": (EVERYBODY, [], "get"),
    "robots": (EVERYBODY, [], "get"),
    "sitemap": (EVERYBODY, [], "get"),
    "healthz": (EVERYBODY, [], "get"),
    "readyz": (EVERYBODY, [], "get"),
    "picture": (EVERYBODY, ["picture", "rendition"], "get"),
    "home": (EVERYBODY, [], "get"),
    "search": (EVERYBODY, [], "get"),
    "preview:show": (TELLERS, ["news_kind", "news_pk"], "get"),
    "preview:shared": (EVERYBODY, ["preview"], "get"),
    "api:index": (EVERYBODY, [], "get"),
    "api:description": (EVERYBODY, [], "get"),
    "api:news": (EVERYBODY, [], "get"),
    "api:news_item": (EVERYBODY, ["news"], "get"),
    "api:workshops": (EVERYBODY, [], "get"),
    "api:workshop": (EVERYBODY, ["workshop"], "get"),
    "api:areas": (EVERYBODY, [], "get"),
    "api:area": (EVERYBODY, ["area"], "get"),
    "api:indicators": (EVERYBODY, [], "get"),
    "api:indicator": (EVERYBODY, ["figure"], "get"),
    "api:opportunities": (EVERYBODY, [], "get"),
    "api:opportunity": (EVERYBODY, ["opportunity"], "get"),
    "news:list": (EVERYBODY, [], "get"),
    "news:feed": (EVERYBODY, [], "get"),
    "news:detail": (EVERYBODY, ["news"], "get"),
    "news:picture": (EVERYBODY, ["news"], "get"),
    "news:pictures": (EVERYBODY, ["news"], "get"),
    "news:text": (EVERYBODY, ["news"], "get"),
    "workshops:list": (EVERYBODY, [], "get"),
    "workshops:calendar_feed": (EVERYBODY, [], "get"),
    "workshops:detail": (EVERYBODY, ["workshop"], "get"),
    "workshops:picture": (EVERYBODY, ["workshop"], "get"),
    "workshops:calendar": (EVERYBODY, ["workshop"], "get"),
    "workshops:material": (EVERYBODY, ["workshop", "material"], "get"),
    "office:picture": (EVERYBODY, [], "get"),
    "office:who_we_are": (EVERYBODY, [], "get"),
    "office:who_we_are_about": (EVERYBODY, [], "get"),
    "office:iom_global": (EVERYBODY, [], "get"),
    "office:our_work": (EVERYBODY, [], "get"),
    "office:work_area": (EVERYBODY, ["area"], "get"),
    "office:work_area_picture": (EVERYBODY, ["area"], "get"),
    "office:data_and_resources": (EVERYBODY, [], "get"),
    "office:indicator": (EVERYBODY, ["figure"], "get"),
    "office:indicator_picture": (EVERYBODY, ["figure"], "get"),
    "office:indicator_csv": (EVERYBODY, ["figure"], "get"),
    "office:indicator_json": (EVERYBODY, ["figure"], "get"),
    "office:resource": (EVERYBODY, ["publication"], "get"),
    "office:resource_bibtex": (EVERYBODY, ["publication"], "get"),
    "office:resource_ris": (EVERYBODY, ["publication"], "get"),
    "office:resource_file": (EVERYBODY, ["publication", "publication_file"], "get"),
    "office:take_action": (EVERYBODY, [], "get"),
    "office:help": (EVERYBODY, [], "get"),
    "office:report_misconduct": (EVERYBODY, [], "get"),
    "office:vacancies": (EVERYBODY, [], "get"),
    "office:tenders": (EVERYBODY, [], "get"),
    "office:volunteering": (EVERYBODY, [], "get"),
    "office:closed_opportunities": (EVERYBODY, [], "get"),
    "office:opportunity_feed": (EVERYBODY, [], "get"),
    "office:opportunity": (EVERYBODY, ["opportunity"], "get"),
    "office:opportunity_file": (EVERYBODY, ["opportunity", "opportunity_file"], "get"),
    "office:agenda_2030": (EVERYBODY, [], "get"),
    "office:goal": (EVERYBODY, ["goal"], "get"),
    "office:contacts": (EVERYBODY, [], "get"),
    "office:privacy": (EVERYBODY, [], "get"),
    "office:accessibility": (EVERYBODY, [], "get"),
    "nominate:page": (EVERYBODY, ["nominate_token"], "get"),
    "nominate:name": (EVERYBODY, ["nominate_token", "nominee_key"], "get"),
    "nominate:list": (EVERYBODY, ["nominate_token"], "get"),
    "nominate:letter": (EVERYBODY, ["nominate_token"], "get"),
    "answer:page": (EVERYBODY, ["answer_token"], "get"),
    "answer:calendar": (EVERYBODY, ["answer_token"], "get"),
    "answer:certificate": (EVERYBODY, ["answer_token"], "get"),
    "answer:material": (EVERYBODY, ["answer_token", "material"], "get"),
    "styleguide": (SIGNED_IN, [], "get"),
    "staff:today": (SIGNED_IN, [], "get"),
    "staff:workshops": (AT_THE_DESK, [], "get"),
    "staff:press_workshops": (TELLERS, [], "get"),
    "staff:press": (TELLERS, ["workshop"], "get"),
    "staff:issues": (ORGANISERS, [], "get"),
    "staff:workshop_create": (ORGANISERS, [], "get"),
    "staff:workshop": (AT_THE_DESK, ["workshop"], "get"),
    "staff:workshop_edit": (ORGANISERS, ["workshop"], "get"),
    "staff:workshop_clone": (ORGANISERS, ["workshop"], "get"),
    "staff:workshop_move": (ORGANISERS, ["workshop"], "get"),
    "staff:workshop_postpone": (ORGANISERS, ["workshop"], "get"),
    "staff:workshop_cancel": (ORGANISERS, ["workshop"], "get"),
    "staff:checklist": (ORGANISERS, ["workshop"], "get"),
    "staff:checklist_begin": (ORGANISERS, ["workshop"], "post"),
    "staff:checklist_item": (ORGANISERS, ["workshop", "checklist_item"], "get"),
    "staff:checklist_tick": (ORGANISERS, ["workshop", "checklist_item"], "post"),
    "staff:checklist_remove": (ORGANISERS, ["workshop", "checklist_item"], "post"),
    "staff:workshop_status": (ORGANISERS, ["workshop"], "post"),
    "staff:workshop_history": (ORGANISERS, ["workshop"], "get"),
    "staff:institutions": (ORGANISERS, ["workshop"], "get"),
    "staff:institutions_prepare": (ORGANISERS, ["workshop"], "post"),
    "staff:institutions_send": (ORGANISERS, ["workshop"], "get"),
    "staff:institutions_remind": (ORGANISERS, ["workshop"], "get"),
    "staff:institution": (ORGANISERS, ["workshop", "nomination_request"], "get"),
    "staff:institution_edit": (ORGANISERS, ["workshop", "nomination_request"], "get"),
    "staff:institution_act": (ORGANISERS, ["workshop", "nomination_request"], "post"),
    "staff:institution_link": (ORGANISERS, ["workshop", "nomination_request"], "post"),
    "staff:institution_letter": (ORGANISERS, ["workshop", "nomination_request"], "get"),
    "staff:institution_names": (ORGANISERS, ["workshop", "nomination_request"], "get"),
    "staff:institution_name": (ORGANISERS, ["workshop", "nomination_request", "nominee_key"], "get"),
    "staff:institution_list": (ORGANISERS, ["workshop", "nomination_request"], "get"),
    "staff:institution_reply": (ORGANISERS, ["workshop", "nomination_request"], "get"),
    "staff:seats": (ORGANISERS, ["workshop"], "get"),
    "staff:seats_edit": (ORGANISERS, ["workshop"], "get"),
    "staff:seats_release": (ORGANISERS, ["workshop"], "post"),
    "staff:participants": (AT_THE_DESK, ["workshop"], "get"),
    "staff:register": (ORGANISERS, ["workshop"], "post"),
    "staff:participant_add": (ORGANISERS, ["workshop"], "get"),
    "staff:people_find": (ORGANISERS, ["workshop"], "get"),
    "staff:participants_move": (ORGANISERS, ["workshop"], "post"),
    "staff:registration": (ORGANISERS, ["workshop", "registration"], "get"),
    "staff:registration_edit": (ORGANISERS, ["workshop", "registration"], "get"),
    "staff:registration_replace": (ORGANISERS, ["workshop", "registration"], "get"),
    "staff:call_list": (ORGANISERS, ["workshop"], "get"),
    "staff:call_remind": (ORGANISERS, ["workshop"], "post"),
    "staff:call_answer": (ORGANISERS, ["workshop", "registration"], "post"),
    "staff:waiting_list": (ORGANISERS, ["workshop"], "get"),
    "staff:waiting_offer": (ORGANISERS, ["workshop"], "post"),
    "staff:registration_answer": (ORGANISERS, ["workshop", "registration"], "get"),
    "staff:registration_link": (ORGANISERS, ["workshop", "registration"], "post"),
    "staff:registration_deputy": (ORGANISERS, ["workshop", "registration"], "get"),
    "staff:undo": (ORGANISERS, ["batch"], "post"),
    "staff:list_new": (ORGANISERS, ["workshop"], "get"),
    "staff:list_show": (ORGANISERS, ["workshop", "list"], "get"),
    "staff:list_columns": (ORGANISERS, ["workshop", "list"], "post"),
    "staff:list_row": (ORGANISERS, ["workshop", "list", "row"], "get"),
    "staff:list_commit": (ORGANISERS, ["workshop", "list"], "post"),
    "staff:list_undo": (ORGANISERS, ["workshop", "list"], "post"),
    "staff:list_download": (ORGANISERS, ["workshop", "list"], "get"),
    "staff:programme": (ORGANISERS, ["workshop"], "get"),
    "staff:programme_publish": (ORGANISERS, ["workshop"], "post"),
    "staff:programme_print": (ORGANISERS, ["workshop"], "get"),
    "staff:programme_add": (ORGANISERS, ["workshop"], "get"),
    "staff:programme_version": (ORGANISERS, ["workshop", "version"], "get"),
    "staff:programme_day": (ORGANISERS, ["workshop", "day"], "post"),
    "staff:programme_item": (ORGANISERS, ["workshop", "item"], "get"),
    "staff:programme_remove": (ORGANISERS, ["workshop", "item"], "post"),
    "staff:materials": (ORGANISERS, ["workshop"], "get"),
    "staff:material": (ORGANISERS, ["workshop", "material"], "get"),
    "staff:material_file": (ORGANISERS, ["workshop", "material"], "get"),
    # After it is read: it takes it out.
    "staff:material_remove": (ORGANISERS, ["workshop", "material"], "post"),
    "staff:letters": (ORGANISERS, ["workshop"], "get"),
    "staff:letters_act": (ORGANISERS, ["workshop"], "post"),
    "staff:letters_write": (ORGANISERS, ["workshop"], "get"),
    "staff:letter_templates_here": (ORGANISERS, ["workshop"], "get"),
    "staff:letter_template_here": (ORGANISERS, ["workshop", "letter_kind"], "get"),
    "staff:letter_outbox": (ORGANISERS, [], "get"),
    "staff:letter_outbox_act": (ORGANISERS, [], "post"),
    "staff:letter_templates": (ORGANISERS, [], "get"),
    "staff:letter_template": (ORGANISERS, ["letter_kind"], "get"),
    "staff:letter": (ORGANISERS, ["letter"], "get"),
    "staff:letter_edit": (ORGANISERS, ["letter"], "get"),
    "staff:letter_act": (ORGANISERS, ["letter"], "post"),
    "staff:letter_attached": (ORGANISERS, ["letter", "letter_part"], "get"),
    "staff:certificates": (ORGANISERS, ["workshop"], "get"),
    "staff:certificates_issue": (ORGANISERS, ["workshop"], "post"),
    "staff:certificates_print": (ORGANISERS, ["workshop"], "get"),
    "staff:certificate_print": (ORGANISERS, ["workshop", "certificate"], "get"),
    "staff:certificate_revoke": (ORGANISERS, ["workshop", "certificate"], "get"),
    "staff:certificate_reissue": (ORGANISERS, ["workshop", "certificate"], "get"),
    "links:certificate": (EVERYBODY, ["certificate_token"], "get"),
    "staff:report": (ORGANISERS, ["workshop"], "get"),
    "staff:report_file": (ORGANISERS, ["workshop"], "post"),
    "staff:report_sent": (ORGANISERS, ["workshop"], "post"),
    "staff:reports": (ORGANISERS, [], "get"),
    "staff:reports_file": (ORGANISERS, [], "post"),
    "staff:door": (AT_THE_DESK, ["workshop"], "get"),
    "staff:door_mark": (AT_THE_DESK, ["workshop"], "post"),
    "staff:door_undo": (AT_THE_DESK, ["workshop"], "post"),
    "staff:door_let_in": (AT_THE_DESK, ["workshop", "registration"], "get"),
    "staff:door_walk_in": (AT_THE_DESK, ["workshop"], "get"),
    "staff:door_list": (AT_THE_DESK, ["workshop"], "get"),
    "staff:door_send": (AT_THE_DESK, ["workshop"], "post"),
    "staff:door_shell": (AT_THE_DESK, ["workshop"], "get"),
    "staff:door_worker": (AT_THE_DESK, ["workshop"], "get"),
    "staff:attendance": (AT_THE_DESK, ["workshop"], "get"),
    "staff:attendance_drop": (ORGANISERS, ["workshop"], "post"),
    "staff:sheet": (AT_THE_DESK, ["workshop", "day"], "get"),
    "staff:sheet_print": (AT_THE_DESK, ["workshop", "day"], "get"),
    "staff:sheet_add": (AT_THE_DESK, ["workshop", "day"], "post"),
    "staff:sheet_scan": (AT_THE_DESK, ["workshop", "scan"], "get"),
    "staff:badges": (AT_THE_DESK, ["workshop"], "get"),
    "staff:badges_print": (AT_THE_DESK, ["workshop"], "get"),
    "staff:badges_tents": (AT_THE_DESK, ["workshop"], "get"),
    "staff:badge_renew": (AT_THE_DESK, ["workshop", "registration"], "post"),
    # What each reads there differs: tests/workshops/test_door.py.
    "badges:badge": (EVERYBODY, ["badge_token"], "get"),
    "links:form": (EVERYBODY, ["answer_token", "form_kind"], "get"),
    "staff:learning": (ORGANISERS, ["workshop"], "get"),
    "staff:learning_form": (ORGANISERS, ["workshop", "form_kind"], "get"),
    "staff:learning_act": (ORGANISERS, ["workshop", "form_kind"], "post"),
    "staff:learning_results": (ORGANISERS, ["workshop", "form_kind"], "get"),
    "staff:learning_add": (ORGANISERS, ["workshop", "form_kind"], "get"),
    "staff:learning_question": (ORGANISERS, ["workshop", "form_kind", "question"], "get"),
    "staff:learning_question_act": (ORGANISERS, ["workshop", "form_kind", "question"], "post"),
    "staff:people": (ORGANISERS, [], "get"),
    "staff:person": (ORGANISERS, ["person"], "get"),
    "staff:person_create": (ORGANISERS, [], "get"),
    "staff:person_edit": (ORGANISERS, ["person"], "get"),
    "staff:person_twin": (ORGANISERS, ["person"], "get"),
    "staff:person_merge": (ORGANISERS, ["person", "another"], "get"),
    "staff:person_unmerge": (ORGANISERS, ["merge"], "post"),
    "staff:person_data": (ORGANISERS, ["person"], "get"),
    "staff:person_export": (ORGANISERS, ["another"], "post"),
    "staff:person_erase": ({"administrator"}, ["another"], "get"),
    "staff:privacy": (ORGANISERS, [], "get"),
    "staff:duplicates": (ORGANISERS, [], "get"),
    "staff:duplicate_apart": (ORGANISERS, [], "post"),
    "staff:duplicate_again": (ORGANISERS, ["review"], "post"),
    "staff:organisations": (ORGANISERS, [], "get"),
    "staff:organisation": (ORGANISERS, ["organisation"], "get"),
}
# Sign-in is tested by itself, the admin by its own table of roles, and the font that a setting names with the news.
ELSEWHERE = ("account_", "mfa_", "admin:", "mongolian_script")


def names(patterns, namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, [namespace, pattern.namespace]))
            yield from names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}:{pattern.name}" if namespace else str(pattern.name)


def test_every_address_is_in_the_table():
    found = {name for name in names(get_resolver().url_patterns) if not name.startswith(ELSEWHERE)}
    assert found == set(TABLE)


@pytest.fixture
def things(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    by = people.administrator(email="somebody@iom.example")
    at, official = people.workshop(), people.person()
    registration = registrations.register(at, official, by=by, become=State.NOMINATED).registration
    moved = registrations.move_many([registration], State.CONFIRMED, by=by)
    # Without a workshop yet: numbers of lists and of what they are for must not be equal by chance.
    ImportBatch.objects.create(created_by=by)
    batch = ImportBatch.objects.create(created_by=by)
    row = ImportRow.objects.create(batch=batch, number=1, raw=["Bold"], person=official)
    NominationList.objects.create(batch=batch, workshop=at)
    asked = people.request(workshop=at)
    asked.reply_file.save("letter.pdf", ContentFile(b"%PDF-1.7 %%EOF"))
    nominee = people.name(asked)[0]
    day = at.meeting_days.first()
    item = people.agenda_item(day=day)
    agendas.publish(at, by=by)
    handout = materials.add(at, by=by, title_en="Slides", file=SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF\n"), visible_to="everybody")
    certificate = people.certificate(workshop=at)
    waiting = registrations.register(at, people.person(), by=by, become=State.WAITLISTED).registration
    letter = letters.write("official-waiting", registration=waiting, calendar="BEGIN:VCALENDAR", by=by)
    asks = learning.create(at, "pre", by=by)
    publication = people.publication(file=b"%PDF-1.7 %%EOF")
    vacancy = people.opportunity(file=b"%PDF-1.7 %%EOF")
    return {
        "letter": letter.pk,
        "letter_kind": "official-waiting",
        "letter_part": "calendar",
        "badge_token": links.issue(Link.Kind.BADGE, registration=registration, by=by).token,
        "scan": attendance.attach_sheet(day, SimpleUploadedFile("s.pdf", b"%PDF-1.7\n%%EOF\n"), by=by).pk,
        "form_kind": asks.kind,
        "question": asks.questions.first().pk,
        "certificate": certificate.pk,
        "certificate_token": certificate.token,
        "nomination_request": asked.pk,
        "nominate_token": asked.links.get().token,
        "answer_token": links.issue(Link.Kind.ANSWER, registration=registration).token,
        "nominee_key": key_of(nominee),
        "version": 1,
        "day": day.pk,
        "item": item.pk,
        "material": handout.pk,
        "news": (told := people.news_item()).slug,
        "picture": (shown := people.picture(item=told)).pk,
        "rendition": shown.renditions[0]["name"],
        "news_kind": "newsitem",
        "news_pk": told.pk,
        "preview": previews.make_link(told, by=by).token,
        "area": people.work_area().slug,
        "figure": people.indicator().slug,
        "goal": Goal.objects.create(number=10, name_en="Reduced inequalities", name_mn="Тэгш бус байдал", colour="#dd1367").number,
        "publication": publication.slug,
        "opportunity": vacancy.slug,
        "opportunity_file": vacancy.files.get().pk,
        "publication_file": publication.files.get().pk,
        "workshop": at.slug,
        "person": official.pk,
        "organisation": people.organisation().slug,
        "registration": registration.pk,
        "batch": ActBatch.objects.get(pk=moved.batch.pk).pk,
        "list": batch.pk,
        "another": people.person().pk,
        "merge": merging.merge(people.person(), people.person(), by=by).pk,
        "review": duplicates.tell_apart(official, people.person(), by=by).pk,
        "row": row.pk,
        "checklist_item": checklists.begin(at, by=by)[-1].pk,
    }


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_each_role_sees_its_own_and_nothing_else(client, things, role):
    if role != "anonymous":
        client.force_login(getattr(people, role)())
    wrong = []
    for name, (who, arguments, method) in TABLE.items():
        address = reverse(name, args=[things[argument] for argument in arguments])
        answer = getattr(client, method)(address)
        if role in who:
            right = answer.status_code in {200, 302, 400, 422} and "/accounts/login/" not in answer.get("Location", "")
            right |= name == "office:who_we_are" and answer.status_code == 301
        elif role == "anonymous":
            right = answer.status_code == 302 and "/accounts/login/" in answer["Location"]
        else:
            right = answer.status_code == 403
        if not right:
            wrong.append((name, method, answer.status_code, answer.get("Location")))
    assert wrong == []


def test_reading_changes_nothing(client, things):
    """Every address that is read is read as an administrator, and no statement but SELECT reaches the tables of records."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(people.administrator())
    client.get(reverse("staff:today"))
    writing = []
    for name, (_who, arguments, method) in TABLE.items():
        # A preview writes what would be, reads the page from it and undoes it: its own tests hold that nothing stays.
        if method != "get" or name.startswith("preview:"):
            continue
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(name, args=[things[argument] for argument in arguments]))
        writing += [
            (name, query["sql"][:80])
            for query in asked
            if query["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))
            and not any(table in query["sql"] for table in ('"django_session"', '"portal_cache"'))
        ]
    assert writing == []


def test_links_on_a_persons_page_lead_somewhere(client, things):
    import re

    client.force_login(people.administrator())
    page = client.get(reverse("staff:person", args=[things["person"]])).content.decode()
    links = {link for link in re.findall(r'href="(/en/staff/[^"#?]*)"', page)}
    assert reverse("staff:list_show", args=[things["workshop"], things["list"]]) in links
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)
