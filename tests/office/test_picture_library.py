"""The library of pictures: what is let in and what is left of it; renditions; consent that ends everywhere at once."""

import io
import json
import re
import struct
import zipfile
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image, PngImagePlugin

from office import picture_library, renditions, reviews, versions
from office.models import NewsPicture, Picture
from tests import people
from tests.admin.forms import filled

pytestmark = pytest.mark.django_db

SECRET = b"Somebody's camera 4711"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(content, name="a.jpg"):
    return SimpleUploadedFile(name, content)


def code_of(content, name="a.jpg"):
    with pytest.raises(ValidationError) as refused:
        renditions.clean(upload(content, name))
    assert all(refused.value.messages)
    return refused.value.code


def with_position(format, **how):
    """A picture that says where it was made, by whom and with what, in every way that its format knows."""
    image = Image.new("RGB", (900, 600), "teal")
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif[0x0112] = 6  # to be turned by a quarter
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (47.0, 55.0, 7.0), "E", (106.0, 55.0, 2.0)
    out = io.BytesIO()
    image.save(out, format, exif=exif, xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>", **how)
    return out.getvalue()


def everything_under(folder):
    return b"".join(file.read_bytes() for file in Path(folder).rglob("*") if file.is_file())


# What is let in ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_nothing_of_position_camera_and_comments_is_kept(media, format):
    how = {"comment": SECRET} if format == "JPEG" else {}
    if format == "PNG":
        how["pnginfo"] = PngImagePlugin.PngInfo()
        how["pnginfo"].add_text("Comment", SECRET.decode())
    content = with_position(format, **how)
    assert SECRET in content
    assert Image.open(io.BytesIO(content)).getexif().get_ifd(0x8825)[1] == "N"
    row = people.picture(file=content)
    kept = [file for file in media.rglob("*") if file.is_file()]
    assert len(kept) == 1 + len(row.renditions)
    assert SECRET not in everything_under(media)
    for file in kept:
        with Image.open(file) as image:
            assert (dict(image.getexif()), {"exif", "xmp", "comment", "icc_profile", "Comment"} & image.info.keys()) == ({}, set())


def test_it_is_turned_upright_before_what_says_so_is_wiped():
    row = people.picture(file=with_position("JPEG"))
    assert (row.width, row.height) == (600, 900)
    with row.file.open("rb") as original, Image.open(original) as image:
        assert image.size == (600, 900)


def test_what_is_in_the_file_decides_and_not_its_name():
    clean = renditions.clean(upload(people.photograph(format="WEBP"), "picture.png"))
    assert (clean.kind, clean.content[:3]) == ("jpg", b"\xff\xd8\xff")
    assert renditions.clean(upload(people.photograph(format="PNG"), "a.jpg")).kind == "png"


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- ' + b"x" * 5000 + b' -->\n<SVG onload="alert(1)"/>',
        '<?xml version="1.0" encoding="utf-16"?><svg/>'.encode("utf-16"),
        __import__("gzip").compress(b"<svg/>", mtime=0),
    ],
)
def test_an_svg_is_refused_whatever_it_calls_itself(content):
    assert code_of(content, "photo.jpg") == "svg"


def test_what_is_no_picture_is_refused():
    assert code_of(b"") == "empty"
    assert code_of(b"%PDF-1.7 %%EOF", "a.jpg") == "wrong_kind"
    assert code_of(people.photograph(format="GIF")) == "wrong_kind"
    assert code_of(people.photograph(format="TIFF")) == "wrong_kind"
    assert code_of(people.photograph()[:-2000]) == "broken"
    assert code_of(people.photograph(size=(239, 900))) == "too_small"


def test_a_moving_picture_is_refused():
    frames = [Image.new("RGB", (300, 300), colour) for colour in ("red", "blue")]
    for format in ("WEBP", "PNG"):
        out = io.BytesIO()
        frames[0].save(out, format, save_all=True, append_images=frames[1:], duration=100)
        assert code_of(out.getvalue()) == "moving"


def png(width, height, data):
    """A PNG whose head says what it likes about its size."""

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("unpacked"))
    bomb = zlib.compress(b"\0" * 1_000_000)
    assert code_of(png(20_000, 20_000, bomb)) == "too_many_pixels"
    assert code_of(png(9_000, 9_000, bomb)) == "too_many_pixels"


def test_words_packed_into_a_picture_do_not_unpack(monkeypatch):
    """A compressed text of a hundred megabytes in a small picture."""
    text = b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * 100_000_000)
    whole = people.photograph(format="PNG")
    chunk = struct.pack(">I", len(text[1])) + text[0] + text[1] + struct.pack(">I", zlib.crc32(b"".join(text)))
    assert code_of(whole[:33] + chunk + whole[33:]) in {"wrong_kind", "broken"}


def test_too_many_bytes_are_refused_in_words(monkeypatch):
    monkeypatch.setattr(renditions, "LARGEST", 1000)
    assert code_of(people.photograph()) == "too_large"


def test_what_hangs_behind_a_picture_is_left_behind(media):
    """A file that is a picture and a page or an archive at once (polyglot)."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as parts:
        parts.writestr("evil.html", "<script>alert(1)</script>")
    people.picture(file=people.photograph() + b"<script>alert(1)</script>" + packed.getvalue())
    kept = everything_under(media)
    assert b"<script" not in kept and b"evil.html" not in kept and b"PK\x05\x06" not in kept


def test_a_large_picture_is_kept_at_a_bounded_size_and_see_through_ones_on_white():
    large = people.picture(file=people.photograph(size=(4000, 1000)))
    assert (large.width, large.height) == (2560, 640)
    see_through = io.BytesIO()
    Image.new("RGBA", (300, 300), (255, 0, 0, 0)).save(see_through, "PNG")
    clean = renditions.clean(upload(see_through.getvalue()))
    assert clean.image.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_way_of_writing_colours_comes_out_as_it_looks(mode):
    """Red, or as light as red; sixteen bits of grey are no black."""
    grey = mode in {"1", "L", "LA", "I;16"}
    if mode == "I;16":
        image = Image.new(mode, (300, 300), 200 * 257)
    else:
        image = Image.new("RGB", (300, 300), (255, 255, 255) if mode == "1" else (200, 200, 200) if grey else (200, 0, 0)).convert(mode)
    out = io.BytesIO()
    image.save(out, "JPEG" if mode == "CMYK" else "PNG")
    red, green, blue = renditions.clean(upload(out.getvalue())).image.getpixel((150, 150))
    wanted = (255, 255, 255) if mode == "1" else (200, 200, 200) if grey else (200, 0, 0)
    assert max(abs(a - b) for a, b in zip((red, green, blue), wanted, strict=True)) <= 5


def test_the_same_picture_is_not_taken_in_twice():
    content = people.photograph()
    people.picture(file=content, alt_en="The steppe")
    with pytest.raises(ValidationError, match="The steppe") as refused:
        people.picture(file=content)
    assert refused.value.code == "twice"


# Renditions ----------------------------------------------------------------------------------------------------


def test_renditions_in_three_formats_at_widths_that_it_can_fill():
    row = people.picture(file=people.photograph(size=(1000, 800)))
    found = {(each["crop"], each["format"], each["width"], each["height"]) for each in row.renditions}
    assert found == {
        (crop, format, width, height)
        for crop, width, height in [("whole", 360, 288), ("whole", 640, 512), ("whole", 960, 768), ("card", 240, 160), ("card", 480, 320), ("card", 720, 480)]
        for format in ("avif", "webp", "jpg")
    }
    for each in row.renditions:
        with row.file.storage.open(picture_library.path_of(row, each["name"])) as file, Image.open(file) as image:
            assert image.size == (each["width"], each["height"])
            assert file.size == each["size"]
    small = people.picture(file=people.photograph(size=(250, 300)))
    assert {(each["crop"], each["width"]) for each in small.renditions} == {("whole", 250), ("card", 240)}


def test_the_focal_point_decides_where_it_is_cut(media, django_capture_on_commit_callbacks):
    image = Image.new("RGB", (1200, 400), "white")
    image.paste("red", (0, 0, 400, 400))
    out = io.BytesIO()
    image.save(out, "PNG")
    row = people.picture(file=out.getvalue())
    before = {each["name"] for each in row.renditions}

    def middle():
        with row.file.storage.open(picture_library.path_of(row, row.rendition("card", "jpg", 480)["name"])) as file, Image.open(file) as cut:
            return cut.convert("RGB").getpixel((200, 160))

    assert min(middle()) > 240
    with django_capture_on_commit_callbacks(execute=True):
        row.focus_x = 5
        picture_library.cut_anew(row)
        row.save()
    red, green, _blue = middle()
    assert (red > 200, green < 60) == (True, True)
    # Another cut has another address; the old files are gone, the whole picture is as it was.
    after = {each["name"] for each in row.renditions}
    assert {each["name"] for each in row.renditions if each["crop"] == "whole"} == before & after
    there = {file.name for file in media.rglob("*.*")}
    assert there == after | {"original.png"}


def test_a_picture_that_goes_takes_its_files_along(media, django_capture_on_commit_callbacks):
    row = people.picture()
    with django_capture_on_commit_callbacks(execute=True):
        row.delete()
    assert [file for file in media.rglob("*") if file.name != "pictures"] == []


# On the page ---------------------------------------------------------------------------------------------------


def test_the_pages_show_it_with_its_words_its_size_and_three_formats(client):
    item = people.news_item(slug="told")
    people.picture(item=item, caption_en="A meeting", alt_en="Nine people & a map", credit="© IOM 2013", file=people.photograph(size=(1500, 1000)))
    people.picture(item=item, order=1, alt_en="The second")
    page = client.get("/en/news/told/").text
    figure = re.search(r'<figure class="news-picture.*?</figure>', page, re.DOTALL).group()
    assert re.findall(r'<source type="([^"]*)" srcset="([^ ]*)', figure)[0][0] == "image/avif"
    assert re.search(r'<img [^>]*width="640" height="427" alt="Nine people &amp; a map" fetchpriority="high">', figure)
    assert " 1440w" in figure and "A meeting" in figure and "© IOM 2013" in figure
    assert 'alt="The second" loading="lazy"' in page
    # Each file that the page names is there, and is what it is said to be.
    for address in set(re.findall(r"/pictures/\d+/[0-9a-f]{32}-\d+\.\w+", page)):
        answer = client.get(address)
        kind = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}[address.rpartition(".")[2]]
        assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, kind, "public, max-age=86400")
        assert (answer["X-Content-Type-Options"], "sandbox" in answer["Content-Security-Policy"]) == ("nosniff", True)
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    for listing in ("/en/news/", "/mn/"):
        shown = client.get(listing).text
        assert len(re.findall(r'<div class="entry-picture"><picture>', shown)) == 1
        assert "{#" not in shown
        assert re.search(r'<img [^>]*width="720" height="480" alt=""', shown)


def test_the_original_has_no_address(client):
    row = people.picture()
    name = Path(row.file.name).name
    assert [client.get(address).status_code for address in (f"/pictures/{row.pk}/{name}", f"/media/{row.file.name}", f"/pictures/{row.pk}/..%2f{name}")] == [404, 404, 404]


def test_machines_are_told_of_it(client):
    item = people.news_item(slug="told")
    row = people.picture(item=item, caption_en="A meeting", taken_on=timezone.localdate().replace(2013, 9, 5), precision="month", licence="CC BY 4.0")
    data = json.loads(re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', client.get("/en/news/told/").text, re.DOTALL).group(1))
    image = data["image"][0] if isinstance(data["image"], list) else data["image"]
    address, facts = picture_library.plain(row, width=1440)
    assert (image["url"].endswith(address), image["width"], image["creditText"], image["caption"]) == (True, facts["width"], "© IOM (test)", "A meeting")
    said = client.get(reverse("api:news_item", args=["told"])).json()["pictures"]
    assert [(one["caption"], one["taken"], one["terms"], len(one["files"])) for one in said] == [("A meeting", "2013-09", "CC BY 4.0", 3)]
    feed = client.get("/en/news/feed/").text
    enclosure = re.search(r'<link [^>]*rel="enclosure"[^>]*>', feed).group()
    assert address.split("/")[2] in enclosure and 'type="image/jpeg"' in enclosure


def test_the_set_is_one_file_with_its_words(client):
    item = people.news_item(slug="told")
    first = people.picture(item=item, caption_en="A meeting", licence="CC BY 4.0", place_en="Ulaanbaatar")
    people.picture(item=item, order=1, file=people.photograph(format="PNG"))
    answer = client.get("/en/news/told/pictures.zip")
    assert (answer["Content-Type"], answer["Content-Disposition"]) == ("application/zip", 'attachment; filename="told-pictures-en.zip"')
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as parts:
        assert parts.namelist() == ["told-1.jpg", "told-2.png", "captions.txt"]
        with first.file.open("rb") as original:
            assert parts.read("told-1.jpg") == original.read()
        words = parts.read("captions.txt").decode("utf-8-sig")
    assert "A meeting" in words and "Credit: © IOM (test)" in words and "Terms: CC BY 4.0" in words and "Taken: Ulaanbaatar" in words
    assert "Terms: none are stated" in words
    assert client.get(f"/en/news/{people.news_item().slug}/pictures.zip").status_code == 404
    draft = people.news_item(published=False)
    people.picture(item=draft)
    assert client.get(f"/en/news/{draft.slug}/pictures.zip").status_code == 404


def test_lists_and_items_ask_no_more_for_many_pictures(client):
    def asked(address):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    addresses = ["/en/news/", "/en/", "/en/news/feed/", "/en/news/told/", "/en/api/v1/news/told/"]
    item = people.news_item(slug="told")
    people.picture(item=item)
    one = [asked(address) for address in addresses]
    for _number in range(3):
        people.picture(item=people.news_item())
        people.picture(item=item)
    assert [asked(address) for address in addresses] == one


# Consent -------------------------------------------------------------------------------------------------------


def where_it_could_show(client, row):
    """How often the public meets a picture: page, list, home, feed, JSON, set of pictures, its own files."""
    mark = f"/pictures/{row.pk}/"
    pages = ["/en/news/told/", "/mn/news/told/", "/en/news/", "/en/", "/en/news/feed/", "/en/api/v1/news/told/"]
    found = {address: mark in client.get(address).text or row.credit in client.get(address).text for address in pages}
    found["zip"] = client.get("/en/news/told/pictures.zip").status_code
    found["files"] = {client.get(picture_library.address(row, each)).status_code for each in row.renditions}
    return found


SEEN_NOWHERE = {
    **dict.fromkeys(["/en/news/told/", "/mn/news/told/", "/en/news/", "/en/", "/en/news/feed/", "/en/api/v1/news/told/"], False),
    "zip": 404,
    "files": {410},
}


def test_when_consent_ends_it_is_gone_everywhere_at_once(client):
    today = timezone.localdate()
    item = people.news_item(slug="told")
    row = people.picture(item=item, credit="© Somebody", consent="given", consent_note="A signed paper.", consent_until=today)
    seen = where_it_could_show(client, row)
    assert (seen.pop("files"), seen.pop("zip"), set(seen.values())) == ({200}, 200, {True})
    # Who has it in a cache asks each time.
    answer = client.get(picture_library.address(row, row.renditions[0]))
    assert answer["Cache-Control"] == "public, no-cache"
    assert client.get(picture_library.address(row, row.renditions[0]), headers={"If-None-Match": answer["ETag"]}).status_code == 304
    end_of_day = timezone.localtime().replace(hour=23, minute=59, second=59, microsecond=0)
    with time_machine.travel(end_of_day, tick=False):
        assert client.get("/en/news/told/").text.count(f"/pictures/{row.pk}/") > 0
    with time_machine.travel(end_of_day + timedelta(seconds=1), tick=False):
        assert where_it_could_show(client, row) == SEEN_NOWHERE
        gone = client.get(picture_library.address(row, row.renditions[0]), headers={"If-None-Match": answer["ETag"]})
        assert (gone.status_code, gone["Cache-Control"]) == (410, "no-store")


@pytest.mark.parametrize("consent", ["open", "withdrawn"])
def test_without_consent_it_is_shown_nowhere(client, consent):
    row = people.picture(item=people.news_item(slug="told"), consent=consent, credit="© Somebody")
    assert where_it_could_show(client, row) == SEEN_NOWHERE


def test_the_rule_of_a_row_is_the_rule_of_the_query():
    today = timezone.localdate()
    ends = [None, today - timedelta(days=1), today, today + timedelta(days=1)]
    rows = [
        people.picture(consent=consent, consent_until=until, consent_note="A paper.", file=people.photograph(size=(240, 240)))
        for consent in Picture.Consent for until in ends
    ]  # fmt: skip
    shown = set(Picture.objects.shown())
    assert {row for row in rows if row.may_be_shown} == shown
    assert {row for row in rows if not row.why_not_shown} == shown
    assert len(shown) == 7


def test_what_ends_soon_is_listed():
    today = timezone.localdate()
    given = {"consent": "given", "consent_note": "A paper."}
    soon = people.picture(**given, consent_until=today + timedelta(days=13))
    today_still = people.picture(**given, consent_until=today)
    for until in (today - timedelta(days=1), today + timedelta(days=14), None):
        people.picture(**given, consent_until=until)
    people.picture(consent_until=today)
    assert list(picture_library.expiring(14)) == [today_still, soon]


def test_consent_without_a_note_is_refused_by_the_database():
    row = people.picture()
    with pytest.raises(IntegrityError, match="picture_consent_has_a_note"), transaction.atomic():
        Picture.objects.filter(pk=row.pk).update(consent="given")


# Where it is used ----------------------------------------------------------------------------------------------


def test_where_it_is_used_is_told_also_of_texts_that_wait(client):
    row = people.picture()
    assert picture_library.where_used(row) == []
    item = people.news_item(slug="told")
    NewsPicture.objects.create(item=item, picture=row)
    (place,) = picture_library.where_used(row)
    assert (place.record, place.public) == (item, [("en", "/en/news/told/"), ("mn", "/mn/news/told/")])
    assert place.editor == reverse("admin:office_newsitem_change", args=[item.pk])
    # A waiting text takes it in, the public text does not have it any more.
    waiting = versions.snapshot(item)
    item.pictures.all().delete()
    reviews.save(item, waiting, by=people.writer())
    (place,) = picture_library.where_used(row)
    assert (place.record, place.public) == (item, [])


def test_where_it_is_used_is_asked_once_for_many_items(django_assert_num_queries):
    row = people.picture(item=people.news_item())
    with CaptureQueriesContext(connection) as asked:
        picture_library.where_used(row)
    for _number in range(3):
        NewsPicture.objects.create(item=people.news_item(), picture=row)
    with django_assert_num_queries(len(asked)):
        assert len(picture_library.where_used(row)) == 4


def test_one_that_is_used_is_not_deleted(client):
    item = people.news_item(title_en="Told with a picture")
    row = people.picture(item=item)
    people.signed_in(client, people.editor())
    answer = client.post(reverse("admin:office_picture_delete", args=[row.pk]), {"post": "yes"})
    assert "Told with a picture" in answer.text
    assert Picture.objects.filter(pk=row.pk).exists()
    item.pictures.all().delete()
    client.post(reverse("admin:office_picture_delete", args=[row.pk]), {"post": "yes"})
    assert not Picture.objects.filter(pk=row.pk).exists()


def test_a_version_that_names_a_picture_that_is_gone_can_be_restored():
    item = people.news_item()
    row, other = people.picture(item=item), people.picture(item=item)
    data = versions.snapshot(item)
    assert [part["picture_id"] for part in data["parts"]["newspicture"]] == [row.pk, other.pk]
    item.pictures.all().delete()
    row.delete()
    versions.write_back(item, data)
    assert [each.picture for each in item.pictures.all()] == [other]
    # One that is older than pictures takes none away.
    del data["parts"]["newspicture"]
    versions.write_back(item, data)
    assert item.pictures.count() == 1


# In the admin --------------------------------------------------------------------------------------------------

ADDED = {
    "alt_en": "A hall", "alt_mn": "Танхим", "credit": "© IOM", "consent": "not-needed", "focus_x": "20", "focus_y": "70", "precision": "day",
}  # fmt: skip


def test_a_writer_adds_one_and_it_is_seen_in_the_admin_alone_until_consent_is_settled(client):
    people.signed_in(client, people.writer())
    address = reverse("admin:office_picture_add")
    answer = client.post(address, {**ADDED, "consent": "open", "file": upload(with_position("JPEG"), "IMG_0001.JPG")})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row = Picture.objects.get()
    assert (row.focus_x, row.width, row.file.name.endswith("/original.jpg")) == (20, 600, True)
    seen = reverse("admin:office_picture_seen", args=[row.pk, "large"])
    answer = client.get(seen)
    assert (answer.status_code, answer["Content-Type"], "no-store" in answer["Cache-Control"]) == (200, "image/jpeg", True)
    page = client.get(reverse("admin:office_picture_change", args=[row.pk])).text
    assert seen in page and "The consent of those shown is not settled" in page
    client.logout()
    assert client.get(seen).status_code == 302


def test_a_file_that_is_refused_is_refused_in_words(client):
    people.signed_in(client, people.editor())
    answer = client.post(reverse("admin:office_picture_add"), {**ADDED, "file": upload(b"<svg/>", "a.png")})
    assert "Save it as PNG" in answer.text and 'value="© IOM"' in answer.text
    answer = client.post(reverse("admin:office_picture_add"), {**ADDED, "consent": "given", "file": upload(people.photograph())})
    assert "Say how the consent was given" in answer.text
    assert not Picture.objects.exists()


def test_a_jpeg_of_passes_without_end_is_refused_before_it_is_read():
    ordinary = people.photograph(progressive=True)
    last = ordinary[ordinary.rindex(b"\xff\xda") : -2]

    def clean(passes):
        return renditions.clean(SimpleUploadedFile("picture", ordinary[:-2] + last * passes + b"\xff\xd9"))

    assert clean(0).kind == "jpg"
    with pytest.raises(ValidationError) as refusal:
        clean(200)
    assert refusal.value.code == "broken"


def test_a_new_focal_point_cuts_it_anew(client):
    row = people.picture(file=people.photograph(size=(1200, 400)))
    before = row.rendition("card", "jpg", 240)["name"]
    people.signed_in(client, people.editor())
    address = reverse("admin:office_picture_change", args=[row.pk])
    answer = client.post(address, {**filled(client.get(address)), "focus_x": "90"})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row.refresh_from_db()
    assert (row.focus_x, row.rendition("card", "jpg", 240)["name"] == before) == (90, False)
    assert client.post(address, {**filled(client.get(address)), "focus_x": "101"}).status_code == 200


def test_what_the_public_sees_is_changed_by_editors_alone(client):
    item = people.news_item()
    row, free = people.picture(item=item), people.picture()
    writer, editor = people.writer(), people.editor()
    people.signed_in(client, writer)
    addresses = [reverse("admin:office_picture_change", args=[each.pk]) for each in (row, free)]
    assert [client.post(address, {"alt_en": "Changed"}).status_code for address in addresses] == [403, 200]
    people.signed_in(client, editor)
    assert client.post(addresses[0], {"alt_en": "Changed"}).status_code == 200


def test_the_words_of_a_picture_stay_as_the_reviewer_read_them(client):
    writer, item = people.writer(), people.news_item(kind="press-release", published=False)
    row = people.picture(item=item)
    reviews.save(item, versions.snapshot(item), by=writer)
    people.signed_in(client, writer)

    def changed():
        return client.post(reverse("admin:office_picture_change", args=[row.pk]), {"alt_en": "Nobody read this"}).status_code

    assert changed() == 200
    reviews.submit(item, by=writer)
    assert changed() == 403
    reviews.approve(item, by=people.reviewer())
    assert changed() == 403
    reviews.take_back(item, by=writer)
    assert changed() == 200


def test_an_item_gets_its_pictures_in_the_admin_and_is_warned(client):
    item = people.news_item(published=False, slug="told")
    row, hidden = people.picture(), people.picture(consent="withdrawn")
    people.signed_in(client, people.writer())
    address = reverse("admin:office_newsitem_change", args=[item.pk])
    sent = filled(client.get(address))
    for number, each in enumerate((row, hidden)):
        sent |= {f"pictures-{number}-picture": each.pk, f"pictures-{number}-order": number, f"pictures-{number}-item": item.pk}
    answer = client.post(address, {**sent, "pictures-TOTAL_FORMS": 2})
    assert answer.status_code == 302, [formset.formset.errors for formset in answer.context["inline_admin_formsets"]]
    assert [each.picture for each in item.pictures.all()] == [row, hidden]
    assert picture_library.not_shown(item) == [hidden]
    page = client.get(address).text
    assert "The consent was refused or withdrawn: the picture is shown nowhere." in page
    assert reverse("admin:office_picture_seen", args=[row.pk, "small"]) in page


def test_the_admins_lists_ask_no_more_for_many_pictures(client):
    item = people.news_item()
    people.signed_in(client, people.editor())
    addresses = [reverse("admin:office_picture_changelist"), reverse("admin:office_newsitem_change", args=[item.pk])]

    def asked(address):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    people.picture(item=item)
    for address in addresses:
        asked(address)
    one = [asked(address) for address in addresses]
    for _number in range(3):
        people.picture(item=item)
    assert [asked(address) for address in addresses] == one
