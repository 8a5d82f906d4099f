"""Uploads are judged by their content, kept under names of our own, and handed out as attachments."""

import zipfile
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.core.files.uploadedfile import SimpleUploadedFile

from core import uploads

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n"
JPG = b"\xff\xd8\xff\xe0" + b"\0" * 50 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20 + b"IEND\xaeB`\x82"


def office(*names):
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    return buffer.getvalue()


def file(content, name="letter.pdf"):
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize(("content", "kind"), [(PDF, "pdf"), (JPG, "jpg"), (PNG, "png")])
def test_a_scan_is_taken_whatever_its_name(content, kind):
    judged = uploads.judge(file(content, name="../../etc/passwd.html"))
    assert judged.kind == kind
    assert judged.name.endswith(f".{kind}") and "/" not in judged.name and "passwd" not in judged.name


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        b"GIF89a" + PDF,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>",
        b"MZ\x90\x00 a program",
        b"%PDF-1.7 cut off",
        b"\xff\xd8\xff cut off",
        office("[Content_Types].xml", "word/document.xml"),
        b"PK\x03\x04 no zip at all",
    ],
)  # fmt: skip
def test_what_is_no_scan_is_refused_whatever_its_name(content):
    with pytest.raises(ValidationError) as refusal:
        uploads.judge(file(content))
    assert refusal.value.code == "wrong_kind"


def test_handouts_may_be_office_files_but_none_with_macros():
    good = office("[Content_Types].xml", "ppt/presentation.xml")
    assert uploads.judge(file(good), kinds=uploads.HANDOUTS).kind == "pptx"
    for bad in (office("[Content_Types].xml", "ppt/presentation.xml", "ppt/vbaProject.bin"), office("ppt/presentation.xml"), office("a.txt")):
        with pytest.raises(ValidationError):
            uploads.judge(file(bad), kinds=uploads.HANDOUTS)


def test_empty_and_too_large_files_are_refused():
    with pytest.raises(ValidationError, match="empty"):
        uploads.judge(file(b""))
    with pytest.raises(ValidationError, match="larger than 1.0"):
        uploads.judge(file(PDF + b"\0" * uploads.MEGABYTE), largest=uploads.MEGABYTE)


def test_a_file_is_handed_out_as_an_attachment_that_runs_nothing():
    storage = InMemoryStorage()
    name = storage.save("replies/x.pdf", ContentFile(PDF))

    class Kept:
        def __init__(self):
            self.name = name

        def open(self, mode):
            return storage.open(name, mode)

    answer = uploads.hand_out(Kept(), title="Хариу бичиг")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert (answer["X-Content-Type-Options"], answer["Content-Security-Policy"]) == ("nosniff", "sandbox; default-src 'none'")
