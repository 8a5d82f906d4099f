"""Pictures of the demonstration: drawn by this module and marked as such, for no photograph of an invented workshop exists."""

import io
import random
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from office import picture_library, renditions
from office.models import NewsItem, NewsPicture, Picture

SIZE = (1200, 800)
# Drawn at twice the size and made smaller, so that edges are smooth.
TWICE = (SIZE[0] * 2, SIZE[1] * 2)
CREDIT = "Drawn for the demonstration"
NOTE = "Nobody real is shown: this consent shows how one is kept."
ITEM = "nominations-open-labour-migration-policy"


def load(today):
    """A hall and a steppe on the demonstration's news item; and one whose consent has ended, which the public does not see."""
    item = NewsItem.objects.filter(slug=ITEM).first()
    if item is None:
        return
    pictures = [
        _kept(
            _hall(), alt_en="Drawing: a long table with name cards and chairs before a large window.",
            alt_mn="Зураг: том цонхны өмнө нэрийн карттай урт ширээ, сандал.",
            caption_en="A hall made ready for thirty officials. A drawing of the demonstration, not a photograph.",
            caption_mn="Гучин албан хаагчид бэлтгэсэн танхим. Гэрэл зураг биш, үзүүлэнгийн зураг.",
            place_en="Ulaanbaatar", place_mn="Улаанбаатар", consent=Picture.Consent.NOT_NEEDED, focus_x=50, focus_y=62,
        ),
        _kept(
            _steppe(), alt_en="Drawing: two white gers on the steppe below blue mountains in the morning.",
            alt_mn="Зураг: өглөөний хөх уулсын өмнөх тал, хоёр цагаан гэр.",
            caption_en="The steppe in the morning. A drawing of the demonstration.",
            caption_mn="Өглөөний тал нутаг. Үзүүлэнгийн зураг.",
            consent=Picture.Consent.GIVEN, consent_note=NOTE, consent_until=today + timedelta(days=12), focus_x=30, focus_y=70,
        ),
        _kept(
            _faces(), alt_en="Drawing: five people at a table, without faces.", alt_mn="Зураг: ширээ тойрсон таван хүн, царайгүй.",
            consent=Picture.Consent.GIVEN, consent_note=NOTE, consent_until=today - timedelta(days=3),
        ),
    ]  # fmt: skip
    for order, picture in enumerate(pictures):
        NewsPicture.objects.create(item=item, picture=picture, order=order)


def _kept(image, **details):
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    row = Picture(credit=CREDIT, is_demo=True, **details)
    picture_library.take_in(row, renditions.clean(SimpleUploadedFile("drawing.png", out.getvalue())))
    row.save()
    return row


# Drawing -------------------------------------------------------------------------------------------------------


def _canvas(above, below):
    """A sky from one colour to another, and what draws on it."""
    image = Image.new("RGB", TWICE)
    draw = ImageDraw.Draw(image)
    for y in range(TWICE[1]):
        share = y / TWICE[1]
        draw.line((0, y, TWICE[0], y), tuple(round(a + (b - a) * share) for a, b in zip(above, below, strict=True)))
    return image, draw


def _marked(image, draw):
    """With the word DEMO in a corner, and made smaller."""
    font = ImageFont.load_default(64)
    left, top, right, bottom = draw.textbbox((0, 0), "DEMO", font=font)
    x, y = TWICE[0] - (right - left) - 80, TWICE[1] - (bottom - top) - 80
    draw.rounded_rectangle((x - 28, y - 22, x + right - left + 28, y + bottom - top + 26), 12, "#0b1a3a")
    draw.text((x, y - top), "DEMO", font=font, fill="#ffb81c")
    return image.resize(SIZE, Image.Resampling.LANCZOS)


def _steppe():
    image, draw = _canvas((150, 190, 226), (246, 232, 206))
    draw.ellipse((1760, 300, 1980, 520), "#fff3cf")
    steady = random.Random(2013)
    for base, height, colour in ((980, 300, "#7d9bbd"), (1060, 200, "#5f7f9f"), (1120, 110, "#7f9a72")):
        points = [(x, base - steady.randint(height // 3, height)) for x in range(-100, 2600, 180)]
        draw.polygon([(-100, 1600), *points, (2500, 1600)], colour)
    draw.rectangle((0, 1120, 2400, 1600), "#a9b06c")
    draw.polygon([(0, 1600), (0, 1330), (900, 1220), (2400, 1420), (2400, 1600)], "#98a15a")
    for x, y, size in ((560, 1180, 1.3), (1180, 1140, 0.9)):
        w, h = 210 * size, 120 * size
        draw.polygon([(x - w, y), (x - w * 0.25, y - h * 0.75), (x + w * 0.25, y - h * 0.75), (x + w, y)], "#efece2")
        draw.rectangle((x - w, y, x + w, y + h), "#fbf9f2")
        draw.rectangle((x - w, y + h * 0.18, x + w, y + h * 0.26), "#c9bb95")
        draw.rectangle((x - w * 0.16, y + h * 0.2, x + w * 0.16, y + h), "#b5542f")
        draw.rectangle((x - w * 0.04, y - h * 1.15, x + w * 0.04, y - h * 0.72), "#4c4f57")
    return _marked(image, draw)


def _hall():
    image, draw = _canvas((232, 228, 219), (214, 208, 196))
    for left in (240, 940, 1640):
        draw.rectangle((left, 160, left + 520, 820), "#9fc1dd")
        draw.polygon([(left, 820), (left, 640), (left + 180, 560), (left + 360, 620), (left + 520, 540), (left + 520, 820)], "#7c98b0")
        draw.rectangle((left, 160, left + 520, 820), outline="#f6f3ec", width=26)
        draw.line((left + 260, 160, left + 260, 820), "#f6f3ec", 18)
    draw.rectangle((0, 1180, 2400, 1600), "#a98a66")
    for x in range(205, 2200, 300):
        draw.rounded_rectangle((x, 830, x + 190, 1120), 40, "#23407a")
    draw.polygon([(60, 1060), (2340, 1060), (2400, 1330), (0, 1330)], "#dcc7a4")
    draw.polygon([(0, 1330), (2400, 1330), (2400, 1420), (0, 1420)], "#c2a67c")
    for x in range(225, 2200, 300):
        draw.polygon([(x, 1170), (x + 150, 1170), (x + 165, 1250), (x - 15, 1250)], "#fdfcf8")
        draw.line((x + 25, 1212, x + 125, 1212), "#0033a0", 12)
    return _marked(image, draw)


def _faces():
    image, draw = _canvas((226, 232, 240), (205, 214, 226))
    for x, colour in zip(range(240, 2300, 440), ("#23407a", "#7a4a2b", "#3f6b4f", "#6b3f63", "#46505e"), strict=False):
        draw.ellipse((x, 480, x + 220, 740), "#d9b99a")
        draw.rounded_rectangle((x - 110, 760, x + 330, 1300), 150, colour)
    draw.rectangle((0, 1130, 2400, 1600), "#d0bb96")
    return _marked(image, draw)
