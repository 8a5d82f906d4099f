"""Pictures made by machine: a clean copy of what was uploaded, and copies at several widths in three formats.

The package that we looked at first, django-pictures, hands the untouched original out under an address of the storage, knows
no focal point, and makes its copies later, so that a page may name a file that is not there yet. Here nothing is named before
it exists, and no address can be guessed. What the portal takes from a package is Pillow, which reads and writes pictures.
"""

import gzip
import hashlib
import io
import warnings
from contextlib import suppress
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps

from core.uploads import MEGABYTE

LARGEST = 20 * MEGABYTE
# A picture is held in memory with three bytes a pixel, and that more than once.
MOST_PIXELS = 60_000_000
# A JPEG that comes in passes has about ten; each is as much work as the whole picture and can weigh next to nothing.
MOST_SCANS = 100
SMALLEST_SIDE = 240
# The longer side of what is kept: enough for a page of a magazine.
LONGEST_SIDE = 2560
KINDS = ("JPEG", "PNG", "WEBP", "AVIF")
# Crop → its form (width by height; None: as it is) and the widths that pages ask for.
CROPS = {"whole": (None, (360, 640, 960, 1440)), "card": ((3, 2), (240, 480, 720))}
# Format → its name to Pillow, its media type, how it is written. The best stands first.
FORMATS = {
    "avif": ("AVIF", "image/avif", {"quality": 62, "speed": 8}),
    "webp": ("WEBP", "image/webp", {"quality": 78, "method": 3}),
    "jpg": ("JPEG", "image/jpeg", {"quality": 80, "optimize": True, "progressive": True}),
}


@dataclass
class Clean:
    """A picture that may be kept: its pixels and nothing else, and the bytes of the file that is kept of it."""

    image: Image.Image
    kind: str
    content: bytes

    @property
    def digest(self):
        return hashlib.sha256(self.content).hexdigest()


def clean(file):
    """Looks into an uploaded file and returns it Clean: turned upright, in plain colours, of bounded size, all else wiped.

    Refuses an empty file ("empty"), too many bytes ("too_large") or pixels ("too_many_pixels"), a side too short
    ("too_small"), SVG ("svg"), a moving picture ("moving"), what is no picture of KINDS ("wrong_kind") and what is broken
    ("broken"), whatever the file's name says.
    """
    if not file.size:
        raise ValidationError(_("The file is empty."), code="empty")
    if file.size > LARGEST:
        raise ValidationError(_("The file is larger than %(most)s."), code="too_large", params={"most": filesizeformat(LARGEST)})
    file.seek(0)
    if _is_svg(file.read(16_384)):
        raise ValidationError(
            _("This is an SVG: it can carry programs and is not taken in. Save it as PNG and upload that."), code="svg"
        )
    file.seek(0)
    with warnings.catch_warnings():
        # Its limit is ours, below.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            opened = Image.open(file, formats=KINDS)
        except Image.DecompressionBombError:
            raise _too_many_pixels() from None
        except Exception:
            raise ValidationError(
                _("This is none of: %(kinds)s. What counts is what is in the file, not its name."),
                code="wrong_kind",
                params={"kinds": "JPEG, PNG, WebP, AVIF"},
            ) from None
        with opened:
            if opened.format in {"JPEG", "MPO"} and _scans(file) > MOST_SCANS:
                raise _broken()
            return _read(opened)


def _read(opened):
    """The head is known, the pixels are not read yet: nothing is unpacked before its size is."""
    width, height = opened.size
    if width * height > MOST_PIXELS:
        raise _too_many_pixels()
    if min(width, height) < SMALLEST_SIDE:
        raise ValidationError(
            _("The picture is %(width)d × %(height)d pixels: each side must have at least %(least)d."),
            code="too_small",
            params={"width": width, "height": height, "least": SMALLEST_SIDE},
        )
    # Some cameras put a second, smaller picture behind the first (MPO); the first is the picture.
    if opened.format != "MPO" and getattr(opened, "n_frames", 1) > 1:
        raise ValidationError(_("This picture moves: upload one that stands still."), code="moving")
    kind = "png" if opened.format == "PNG" else "jpg"
    try:
        # A JPEG is unpacked no larger than it is needed.
        opened.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
        opened.load()
        smaller = _with_real_colours(opened)
        # Made smaller before anything else is done with it, so that no second large copy is held.
        smaller.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        upright = _in_plain_colours(ImageOps.exif_transpose(smaller))
    except Exception:
        raise _broken() from None
    # A picture made anew of the pixels alone: whatever else came with it stays behind.
    image = Image.new("RGB", upright.size)
    image.paste(upright)
    content = written(image, "PNG", optimize=True) if kind == "png" else written(image, "JPEG", quality=90, subsampling=0, optimize=True)
    return Clean(image, kind, content)


def _scans(file):
    """How often the file of a JPEG begins a pass; within one the mark cannot stand."""
    position = file.tell()
    file.seek(0)
    number = file.read().count(b"\xff\xda")
    file.seek(position)
    return number


def _broken():
    return ValidationError(_("The file is broken: it cannot be read to its end."), code="broken")


def _too_many_pixels():
    return ValidationError(
        _("The picture has more than %(most)d million pixels: make it smaller and upload it again."),
        code="too_many_pixels",
        params={"most": MOST_PIXELS // 1_000_000},
    )


def _is_svg(head):
    if head.startswith(b"\x1f\x8b"):
        with suppress(Exception):
            head = gzip.GzipFile(fileobj=io.BytesIO(head)).read(4096)
    text = head.replace(b"\0", b"").lower()
    return b"<svg" in text and text.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def _with_real_colours(image):
    """Colours instead of numbers of a palette, greys in eight bits: what can be made smaller."""
    if image.mode in {"I;16", "I;16B", "I", "F"}:
        # Sixteen bits of grey: Pillow would cut off what is above eight.
        return image.convert("I").point(lambda value: value / 257).convert("L")
    if image.mode == "1":
        return image.convert("L")
    return image.convert("RGBA") if image.mode in {"P", "PA"} else image


def _in_plain_colours(image):
    """In the colours that every screen knows (sRGB), on white where it could be seen through."""
    profile = image.info.get("icc_profile")
    if image.mode in {"RGBA", "LA", "La", "RGBa"}:
        see_through = image.convert("RGBA")
        image = Image.new("RGB", see_through.size, "white")
        image.paste(see_through, mask=see_through.getchannel("A"))
    if profile:
        # A profile that cannot be read changes nothing.
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            image = ImageCms.profileToProfile(image, theirs, ImageCms.createProfile("sRGB"), outputMode="RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def written(image, format, **how):
    out = io.BytesIO()
    image.save(out, format, **how)
    return out.getvalue()


def renditions(image, digest, *, crop, focus):
    """[(facts, content)] of one crop of a clean picture at each width that it can fill, in each format; at least one width.

    `focus` is the focal point in percent: where the picture is cut, it stays at the same share of what is left, so it stays
    in sight. A name holds a digest of the content and the cut: another cut has another address.
    """
    form, widths = CROPS[crop]
    if form:
        width, height = image.size
        largest = (width, width * form[1] // form[0]) if width * form[1] <= height * form[0] else (height * form[0] // form[1], height)
    else:
        largest = image.size
    stamp = hashlib.sha256(f"{digest} {crop} {focus if form else ''}".encode()).hexdigest()[:32]
    made = []
    for width in [each for each in widths if each <= largest[0]] or [largest[0]]:
        size = (width, max(1, round(width * largest[1] / largest[0])))
        if form:
            copy = ImageOps.fit(image, size, Image.Resampling.LANCZOS, centering=(focus[0] / 100, focus[1] / 100))
        else:
            copy = image.resize(size, Image.Resampling.LANCZOS)
        for format, (name, _media_type, how) in FORMATS.items():
            content = written(copy, name, **how)
            facts = {"name": f"{stamp}-{width}.{format}", "crop": crop, "format": format, "width": size[0], "height": size[1], "size": len(content)}
            made.append((facts, content))
    return made


def open_kept(original):
    """A clean copy that is kept, open to be read."""
    image = Image.open(original, formats=KINDS)
    image.load()
    return image
