"""Files of publications: what is found out about one from what is in it, and what becomes of one that is taken out."""

import hashlib
import struct

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core import uploads

LARGEST = 20 * uploads.MEGABYTE


def found_out(file):
    """{format, size, digest, width, height} of an uploaded file, which gets a name of its own.

    Refuses what `core.uploads.judge` refuses: an empty file, one over 20 MB, and what is none of the kinds that are kept.
    """
    judged = uploads.judge(file, kinds=uploads.HANDOUTS, largest=LARGEST)
    file.seek(0)
    content = file.read()
    file.seek(0)
    file.name = judged.name
    width, height = size_of_picture(judged.kind, content)
    return {
        "format": judged.kind, "size": len(content), "digest": hashlib.sha256(content).hexdigest(), "width": width, "height": height,
    }  # fmt: skip


def size_of_picture(kind, content):
    """(width, height) in pixels by the head of a PNG or JPEG; (None, None) for everything else."""
    if kind == "png" and content[12:16] == b"IHDR":
        return struct.unpack(">II", content[16:24])
    if kind == "jpg":
        place = 2
        while place + 9 <= len(content) and content[place] == 0xFF:
            marker, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4])
            # The frames, of which one tells the size; the three left out are tables.
            if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
                height, width = struct.unpack(">HH", content[place + 5 : place + 9])
                return width, height
            place += 2 + length
    return None, None


def keep(row, file):
    """Puts an uploaded file into a row, which is not saved; what it kept before goes once the transaction is through."""
    before, row.file = row.file, file
    for name, value in found_out(file).items():
        setattr(row, name, value)
    throw_away(before)


def describe(row, *, replaced=None):
    """What is found out of the file that a form put into a row, or took out of it; what was there before goes."""
    if is_new(getattr(row.file, "file", None) if row.file else None):
        for name, value in found_out(row.file.file).items():
            setattr(row, name, value)
        row.file.name = row.file.file.name
    elif not row.file:
        row.digest, row.width, row.height = "", None, None
    throw_away(replaced)


def is_new(file):
    return isinstance(file, UploadedFile)


def throw_away(kept):
    """Deletes a kept file from the disk once that is certain."""
    if kept:
        name, storage = kept.name, kept.storage
        transaction.on_commit(lambda: storage.delete(name))
