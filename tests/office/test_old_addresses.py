"""Lists of old addresses: how they may be written, what becomes of each row, and that one press keeps the good ones."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from core import spreadsheets
from office import old_addresses
from office.models import Redirect
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pages():
    with translation.override("en"):
        people.news_item(slug="told")
        people.news_item(slug="draft", published=False)
        yield


def read(data):
    return old_addresses.lines_of(spreadsheets.read_upload("list.csv", data) if isinstance(data, bytes) else spreadsheets.read_text(data))


def judged(text):
    return old_addresses.judge(read(text))


@pytest.mark.parametrize(
    "data",
    [
        "/a\t/news/told/",
        "/a;/news/told/",
        "/a,/news/told/",
        "old,new\n/a,/news/told/",
        "New path;Old path\n/news/told/;/a",
        "to\tnote\tfrom\n/news/told/\tx\t/a",
        "Хуучин хаяг;Шинэ хаяг\n/a;/news/told/",
        "\ufeffold,new\r\n/a,/news/told/\r\n".encode(),
        "Хуучин хаяг;Шинэ хаяг\n/a;/news/told/\n".encode("cp1251"),
        "https://mongolia.iom.int/en/a/\thttp://localhost:8000/en/news/told",
        "/mn/a/\t/mn/news/told/",
    ],
)
def test_a_list_may_be_written_in_many_ways(data):
    (line,) = old_addresses.judge(read(data))
    assert (line.old_path, line.new_path, line.verdict) == ("/a", "/news/told/", "new")


def test_a_list_of_one_column_is_refused():
    with pytest.raises(ValidationError, match="Two columns"):
        read("/a\n/b")


@pytest.mark.parametrize(
    "old, new, why",
    [
        ("a", "/news/told/", "begins with /"), ("/a?id=3", "/news/told/", "? or #"), ("/a#b", "/news/told/", "? or #"), ("/", "/news/told/", "first page"),
        ("", "/news/told/", "missing"), ("/a", "", "missing"), ("/a//b", "/news/told/", "begins with /"), ("ftp://a.example/a", "/news/told/", "begins with /"),
        ("/" + "a" * 450, "/news/told/", "at most 400"), ("/a", "www.iom.int", "begins with /"), ("/a", "mailto:a@iom.example", "cannot be read"),
        ("/a", "/news/gone/", "leads to nothing"), ("/a", "/news/draft/", "leads to nothing"), ("/a", "/staff/", "leads to nothing"),
        ("/news/told", "/contacts/", "stands at the old address"), ("/en/contacts/", "/news/told/", "stands at the old address"),
        ("/a", "/en//other.example", "begins with /"), ("/a", "/%2Fother.example/", "begins with /"),
        ("/staff", "/news/told/", "stands at the old address"), ("/b", "/a", "circle"), ("/a", "/b", "circle"), ("/c", "/c/", "circle"),
    ],
)  # fmt: skip
def test_what_is_refused_says_why(old, new, why):
    Redirect.objects.create(old_path="/a" if old == "/b" else "/b", new_path="/b/" if old == "/b" else "/a")
    (line,) = judged(f"old\tnew\n{old}\t{new}")
    assert line.verdict == "refused" and why in line.reason, line
    assert (line.old, line.new) == (old, new)


def test_each_row_is_judged_with_what_is_there_and_with_the_others():
    Redirect.objects.create(old_path="/there", new_path="/news/told/")
    Redirect.objects.create(old_path="/changed", new_path="/contacts/")
    lines = judged(
        "/new\t/news/told/\n/there\t/news/told\n/changed\t/news/told/\n/new\t/news/told/\n/new\t/contacts/\n"
        "/x\t/y\n/y\t/x\n/one\t/two\n/two\t/news/told/\n/deaf\t/dead\n/dead\t/news/gone/\n/out\thttps://www.iom.int/a?b=1"
    )
    assert [line.verdict for line in lines] == [
        "new", "same", "changes", "same", "refused", "refused", "refused", "new", "new", "refused", "refused", "new",
    ]  # fmt: skip
    assert lines[2].before == "/contacts/" and "Row 1" in lines[4].reason
    kept = old_addresses.keep(lines)
    assert len(kept) == 5
    assert dict(Redirect.objects.values_list("old_path", "new_path")) == {
        "/new": "/news/told/", "/there": "/news/told/", "/changed": "/news/told/", "/one": "/two/", "/two": "/news/told/", "/out": "https://www.iom.int/a?b=1",
    }  # fmt: skip
    assert old_addresses.keep(lines) == []


def test_a_protocol_in_capitals_leads_outside_too(client):
    old_addresses.keep(read("/a\tHTTPS://www.iom.int/B"))
    assert client.get("/a")["Location"] == "https://www.iom.int/B"


def test_a_long_row_of_old_addresses_is_not_followed_to_its_end():
    lines = judged("".join(f"/old/{number}\t/old/{number + 1}\n" for number in range(400)) + "/old/400\t/news/told/")
    assert [line.verdict for line in lines] == ["refused"] * 391 + ["new"] * 10 and "too many" in lines[0].reason
    assert len(old_addresses.keep(lines)) == 10


def test_two_that_lead_to_each_other_can_change_places_in_one_list():
    Redirect.objects.create(old_path="/a", new_path="/b/")
    Redirect.objects.create(old_path="/b", new_path="/news/told/")
    old_addresses.keep(read("/b\t/a\n/a\t/news/told/"))
    assert dict(Redirect.objects.values_list("old_path", "new_path")) == {"/b": "/a/", "/a": "/news/told/"}


def test_a_long_list_costs_no_more_queries():
    def queries(number):
        with CaptureQueriesContext(connection) as asked:
            judged("\n".join(f"/old/{position}\t/news/told/" for position in range(number)))
        return len(asked)

    assert queries(3) == queries(300)


# In the admin -------------------------------------------------------------------------------------------------

LIST = "/good\t/news/told/\n/bad\t/news/gone/"


@pytest.fixture
def page(client):
    people.signed_in(client, people.editor())
    return reverse("admin:office_redirect_import")


def test_looking_writes_nothing_and_one_press_keeps_the_good_rows(client, page):
    assert page in client.get(reverse("admin:office_redirect_changelist")).content.decode()
    shown = client.post(page, {"text": LIST, "act": "look"})
    words = shown.content.decode()
    assert shown.status_code == 200 and not Redirect.objects.exists()
    assert "leads to nothing" in words and "Keep 1 good row" in words
    assert shown.context["rows"] == LIST
    left = client.post(page, {"text": shown.context["rows"], "act": "keep"})
    assert dict(Redirect.objects.values_list("old_path", "new_path")) == {"/good": "/news/told/"}
    # What was refused stays to be mended; a second press finds nothing to do.
    assert left.context["rows"] == "/bad\t/news/gone/" and "1 old address leads on now." in left.content.decode()
    client.post(page, {"text": LIST, "act": "keep"})
    assert Redirect.objects.count() == 1
    assert client.post(page, {"text": "/other\t/news/told/", "act": "keep"}).status_code == 302


def test_refused_rows_are_downloaded_and_can_be_brought_again(client, page):
    answer = client.post(page, {"text": LIST, "act": "download"})
    assert answer["Content-Disposition"] == 'attachment; filename="refused.csv"'
    assert answer.content.decode().splitlines()[0].lstrip("\ufeff") == "old,new,reason"
    (line,) = read(answer.content)
    assert (line.old, line.new) == ("/bad", "/news/gone/")
    assert not Redirect.objects.exists()


def test_a_file_is_shown_as_rows_to_mend(client, page):
    file = SimpleUploadedFile("old.csv", "хуучин;шинэ\n/good;/news/told/\n/bad;/news/gone/".encode("cp1251"))
    assert client.post(page, {"file": file, "act": "look"}).context["form"].initial["text"] == LIST


@pytest.mark.parametrize(
    "sent, why",
    [
        ({}, "Paste some rows"), ({"text": "/a"}, "Two columns"), ({"text": LIST, "file": SimpleUploadedFile("a.csv", b"/a,/b")}, "both pasted text and a file"),
        ({"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7 %%EOF")}, "This is a PDF"), ({"text": "/a\t/b\n" * 5001}, "more than 5"),
    ],
    ids=["nothing", "one column", "both", "pdf", "too many"],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_nothing_typed_is_lost(client, page, sent, why):
    answer = client.post(page, {**sent, "act": "look"})
    assert answer.status_code == 422 and why in answer.content.decode()
    assert (sent.get("text") or "") in (answer.context["form"]["text"].value() or "")


@pytest.mark.parametrize("role", ["writer", "reviewer", "organiser"])
def test_who_may_not_change_redirects_imports_none(client, role):
    people.signed_in(client, getattr(people, role)())
    assert client.get(reverse("admin:office_redirect_import")).status_code == 403
    assert client.post(reverse("admin:office_redirect_import"), {"text": LIST, "act": "keep"}).status_code == 403
    assert not Redirect.objects.exists()


def test_a_single_redirect_is_judged_by_the_same_rules(client, page):
    address = reverse("admin:office_redirect_add")
    for old, new in [("/bad", "/news/gone/"), ("/news/told", "/contacts/")]:
        assert client.post(address, {"old_path": old, "new_path": new}).status_code == 200
    assert not Redirect.objects.exists()
    client.post(address, {"old_path": "/mn/good/", "new_path": "/en/news/told"})
    assert dict(Redirect.objects.values_list("old_path", "new_path")) == {"/good": "/news/told/"}


def test_the_command_keeps_the_good_and_names_the_others(tmp_path):
    file = tmp_path / "old.csv"
    file.write_text(LIST.replace("\t", ","), encoding="utf-8")
    said, complained = StringIO(), StringIO()
    call_command("import_redirects", str(file), "--dry-run", stdout=said, stderr=complained)
    assert said.getvalue() == "1 good, 0 there already, 1 refused.\n" and not Redirect.objects.exists()
    call_command("import_redirects", str(file), stdout=said, stderr=complained)
    assert Redirect.objects.get().old_path == "/good" and "2: /bad → /news/gone/" in complained.getvalue()
    with pytest.raises(CommandError):
        call_command("import_redirects", str(tmp_path / "none.csv"))
