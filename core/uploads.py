"""Files that people upload: judged by what is in them, kept under names of our own, and handed out so that no browser runs them."""

import uuid
import zipfile
from dataclasses import dataclass
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

MEGABYTE = 1024 * 1024
LARGEST = 10 * MEGABYTE
MOST_PARTS = 5_000
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
LETTERS = ("pdf", "jpg", "png")
HANDOUTS = ("pdf", "pptx", "docx", "xlsx", "jpg", "png")
_OFFICE_FOLDERS = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}


@dataclass
class Judged:
    """An upload that may be kept: its kind (a key of CONTENT_TYPES) and a file name that says nothing and clashes with none."""

    kind: str
    name: str


def judge(file, *, kinds=LETTERS, largest=LARGEST):
    """Looks into an uploaded file and returns it Judged; its position is at the start again.

    Refuses an empty file ("empty"), one over `largest` bytes ("too_large"), and one whose content is none of `kinds`,
    whatever its name says ("wrong_kind"), Office files with macros among them.
    """
    if not file.size:
        raise ValidationError(_("The file is empty."), code="empty")
    if file.size > largest:
        raise ValidationError(
            _("The file is larger than %(most)s."), code="too_large", params={"most": filesizeformat(largest)}
        )
    kind = _kind(file)
    file.seek(0)
    if kind not in kinds:
        raise ValidationError(
            _("This is none of: %(kinds)s. What counts is what is in the file, not its name."),
            code="wrong_kind",
            params={"kinds": ", ".join(kind.upper() for kind in kinds)},
        )
    return Judged(kind, f"{uuid.uuid4().hex}.{kind}")


def _kind(file):
    """What a file is by its first and last bytes, or ""."""
    file.seek(0)
    head = file.read(16)
    file.seek(max(file.size - 2048, 0))
    tail = file.read()
    if head.startswith(b"%PDF-") and b"%%EOF" in tail:
        return "pdf"
    if head.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in tail:
        return "jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in tail:
        return "png"
    if head.startswith(b"PK\x03\x04"):
        return _office_kind(file)
    return ""


def _office_kind(file):
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as parts:
            names = parts.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, UnicodeError):
        return ""
    if len(names) > MOST_PARTS or "[Content_Types].xml" not in names or any("vbaproject" in name.lower() for name in names):
        return ""
    return next((kind for kind, folder in _OFFICE_FOLDERS.items() if any(name.startswith(folder) for name in names)), "")


def hand_out(field_file, *, title):
    """The answer that gives a kept file to the reader: as an attachment, under a readable name, and never run as a page.

    Raises Http404 where there is none, or it is gone from the disk.
    """
    try:
        opened = field_file.open("rb")
    except (FileNotFoundError, ValueError) as gone:
        raise Http404 from gone
    kind = PurePath(field_file.name).suffix.lstrip(".").lower()
    response = FileResponse(
        opened, as_attachment=True, filename=f"{title}.{kind}", content_type=CONTENT_TYPES.get(kind, "application/octet-stream")
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
