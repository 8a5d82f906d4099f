"""Publications: files by language, judged by what is in them; citations that other programs read; infographics in words."""

import re
import struct

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from office import citations, files
from office.models import Resource, ResourceFile
from tests import people

pytestmark = pytest.mark.django_db

PAGE = "/en/data-and-resources/publications/report/"
PDF = b"%PDF-1.7\n" + b"x" * 1_300_000 + b"\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 1200, 800) + b"\x08\x02\x00\x00\x00" + b"...." + b"IEND"
JPG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc4\x00\x03c\xff\xc0\x00\x11\x08" + struct.pack(">HH", 480, 640) + b"0" * 20 + b"\xff\xd9"


def report(**details):
    details = {
        "slug": "report", "kind": "report", "title_en": "Dzud & migration: 100 %", "title_mn": "Зуд ба шилжилт",
        "publisher": "IOM Mongolia", "year": 2024, "summary_en": "What the winter\nchanged.", **details,
    }  # fmt: skip
    return Resource.objects.create(**details)


def kept(row, content=PDF, name="a.pdf", language="mn", **details):
    made = ResourceFile(resource=row, language=language, **details)
    files.keep(made, SimpleUploadedFile(name, content))
    made.save()
    return made


def test_a_link_to_a_file_says_what_one_gets(client):
    row = report()
    mongolian = kept(row, pages=24)
    ResourceFile.objects.create(resource=row, language="en", url="https://un.example/r.pdf", format="pdf", size=2_500_000, pages=1)
    html = client.get(PAGE).text
    words = [" ".join(text.split()) for text in re.findall(r"<a [^>]*hreflang=\"..\">(Dzud[^<]*)</a>", html)]
    # The reader's own language first.
    assert words == [
        "Dzud &amp; migration: 100 % (PDF, 2.4\xa0MB, 1 page, English)".replace("\xa0", " "),
        "Dzud &amp; migration: 100 % (PDF, 1.2\xa0MB, 24 pages, Mongolian)".replace("\xa0", " "),
    ]
    assert f'href="{PAGE}files/{mongolian.pk}/"' in html
    assert 'href="https://un.example/r.pdf" rel="external" hreflang="en"' in html


def test_what_is_in_a_file_decides_what_it_is():
    row = report()
    made = kept(row, PNG, "report.pdf")
    assert (made.format, made.size, made.width, made.height, len(made.digest)) == ("png", len(PNG), 1200, 800, 64)
    assert re.fullmatch(r"resources/[0-9a-f]{32}\.png", made.file.name)
    assert files.size_of_picture("jpg", JPG) == (640, 480)
    assert files.size_of_picture("jpg", JPG[:10]) == (None, None)


def test_a_file_is_handed_out_once_and_never_run(client):
    made = kept(report())
    answer = client.get(f"{PAGE}files/{made.pk}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="report.mn.pdf"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    again = client.get(f"{PAGE}files/{made.pk}/", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_the_file_of_a_hidden_publication_is_nobodys(client):
    row = report(is_public=False)
    made = kept(row)
    for address in (PAGE, f"{PAGE}files/{made.pk}/", PAGE[:-1] + ".bib", PAGE[:-1] + ".ris"):
        assert client.get(address).status_code == 404, address
    Resource.objects.filter(pk=row.pk).update(is_public=True)
    assert client.get(f"{PAGE}files/{made.pk}/").status_code == 200
    assert client.get(f"/en/data-and-resources/publications/another/files/{made.pk}/").status_code == 404
    made.file.storage.delete(made.file.name)
    assert client.get(f"{PAGE}files/{made.pk}/").status_code == 404


@pytest.mark.parametrize("details", [{}, {"url": "https://un.example/a.pdf"}, {"file": "resources/a.pdf", "url": "https://un.example/", "format": "pdf"}])
def test_a_file_is_kept_here_or_has_an_address_and_a_format(details):
    row = report()
    with pytest.raises(IntegrityError), transaction.atomic():
        ResourceFile.objects.create(resource=row, language="en", **details)


def test_a_file_goes_with_its_row_and_with_its_publication(django_capture_on_commit_callbacks):
    row = report()
    one, other = kept(row), kept(row)
    storage, names = one.file.storage, [one.file.name, other.file.name]
    with django_capture_on_commit_callbacks(execute=True):
        one.delete()
    assert [storage.exists(name) for name in names] == [False, True]
    with django_capture_on_commit_callbacks(execute=True):
        Resource.objects.filter(pk=row.pk).delete()
    assert not storage.exists(names[1])


# The editor's desk ------------------------------------------------------------------------------------------


def sent(row, **first):
    """What the admin's form of a publication sends, with one file."""
    return {
        "title_en": row.title_en, "title_mn": row.title_mn, "slug": row.slug, "kind": row.kind, "order": 0, "is_public": "on",
        "publisher": "IOM", "year": 2024, "files-TOTAL_FORMS": 1, "files-INITIAL_FORMS": 0,
        "files-0-language": "en", "files-0-order": 0, **{f"files-0-{name}": value for name, value in first.items()},
    }  # fmt: skip


def test_an_editor_puts_a_file_in_and_another_in_its_place(client, django_capture_on_commit_callbacks):
    row = report()
    people.signed_in(client, people.editor())
    address = reverse("admin:office_resource_change", args=[row.pk])
    assert client.post(address, sent(row, file=SimpleUploadedFile("../../evil.html", PDF))).status_code == 302
    made = row.files.get()
    assert (made.format, made.size) == ("pdf", len(PDF))
    before = made.file.name
    change = {**sent(row, file=SimpleUploadedFile("b.png", PNG), id=made.pk, resource=row.pk), "files-INITIAL_FORMS": 1}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address, change).status_code == 302
    made = row.files.get()
    assert (made.format, made.width, made.file.storage.exists(before), made.file.storage.exists(made.file.name)) == ("png", 1200, False, True)


def test_what_was_found_out_of_a_kept_file_stays_and_its_link_leads_to_it(client):
    row = report()
    made = kept(row)
    people.signed_in(client, people.editor())
    address = reverse("admin:office_resource_change", args=[row.pk])
    page = client.get(address).text
    assert f'<a href="{PAGE}files/{made.pk}/">PDF, 1.2' in page
    assert "/media/" not in page
    change = {**sent(row, id=made.pk, resource=row.pk, format="zip", size=5, pages=7), "files-INITIAL_FORMS": 1}
    assert client.post(address, change).status_code == 302
    made.refresh_from_db()
    assert (made.format, made.size, made.pages, made.language) == ("pdf", len(PDF), 7, "en")


@pytest.mark.parametrize(("first", "words"), [
    ({"file": SimpleUploadedFile("a.pdf", b"<script>alert(1)</script>")}, "What counts is what is in the file"),
    ({}, "Give a file or an address, one of the two."),
    ({"url": "https://un.example/a"}, "Say in which format the file at this address is."),
    ({"url": "https://un.example/a", "format": "pdf", "file": SimpleUploadedFile("a.pdf", PDF)}, "Give a file or an address, one of the two."),
])  # fmt: skip
def test_what_is_no_file_is_refused_in_words(client, first, words):
    row = report()
    people.signed_in(client, people.editor())
    answer = client.post(reverse("admin:office_resource_change", args=[row.pk]), sent(row, **first))
    assert answer.status_code == 200
    assert words in answer.text
    assert not row.files.exists()


# Citations ------------------------------------------------------------------------------------------------


def test_bibtex_escapes_what_tex_would_read(client):
    row = report(authors="Bold, Bat\nNational Statistics Office", isbn="978-92-9068-000-0", url="https://iom.example/a_b{c}")
    answer = client.get(PAGE[:-1] + ".bib")
    assert answer["Content-Type"] == "application/x-bibtex; charset=utf-8"
    assert answer.content.decode() == (
        "@techreport{boldbat2024-report,\n"
        "  author = {Bold, Bat and {National Statistics Office}},\n"
        "  title = {{Dzud \\& migration: 100 \\%}},\n"
        "  institution = {IOM Mongolia},\n"
        "  year = {2024},\n"
        "  isbn = {978-92-9068-000-0},\n"
        "  language = {english},\n"
        "  url = {https://iom.example/a_b%7Bc%7D}\n"
        "}\n"
    )
    assert client.get(PAGE[:-1] + ".bib", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    row.title_mn = "\\{a}"
    assert "\\textbackslash{}\\{a\\}" in citations._tex(row.title_mn)


def test_ris_has_a_tag_a_line_and_an_end(client):
    report()
    answer = client.get(PAGE[:-1] + ".ris")
    lines = answer.content.decode().split("\r\n")
    assert lines == [
        "TY  - RPRT", "AU  - IOM Mongolia", "TI  - Dzud & migration: 100 %", "PB  - IOM Mongolia", "PY  - 2024",
        "AB  - What the winter changed.", "LA  - en", f"UR  - {settings.PORTAL_ADDRESS}{PAGE}", "ID  - iommongolia2024-report", "ER  - ", "",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", Resource.Kind.values)
def test_every_kind_can_be_cited_in_both_languages(client, kind):
    report(kind=kind, year=None, publisher="")
    for language in ("en", "mn"):
        page = PAGE.replace("/en/", f"/{language}/")
        assert client.get(page).status_code == 200
        assert client.get(page[:-1] + ".bib").content.startswith(b"@")
        assert client.get(page[:-1] + ".ris").content.endswith(b"ER  - \r\n")


def test_the_citation_stands_on_the_page(client):
    report(authors="Bold, Bat", title_en="Dzud")
    assert f"Bold, Bat (2024). Dzud. IOM Mongolia. {settings.PORTAL_ADDRESS}{PAGE}" in client.get(PAGE).text


# Infographics ---------------------------------------------------------------------------------------------


def test_an_infographic_is_shown_and_told_in_words(client):
    row = report(kind="infographic", description_en="First.\n\nSecond & last.", title_en="Winter")
    made = kept(row, PNG, "a.png", language="both")
    html = client.get(PAGE).text
    assert f'<img src="{PAGE}files/{made.pk}/" width="1200" height="800" alt="Infographic: Winter. All that it says stands below in words.">' in html
    assert "<p>First.</p>" in html
    assert "<p>Second &amp; last.</p>" in html


def test_a_publication_in_one_language_says_so_in_the_other(client):
    report(title_mn="")
    html = client.get(PAGE.replace("/en/", "/mn/")).text
    assert f'<a href="{PAGE}" hreflang="en" lang="en">' in html


def test_search_leads_to_the_page(client):
    report(title_en="Falconry of the steppe")
    assert f'href="{PAGE}"' in client.get("/en/search/?q=falconry").text
