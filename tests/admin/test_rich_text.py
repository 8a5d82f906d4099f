"""Rich text is clean in the database, by whatever way it came there."""

import re
from pathlib import Path

import pytest
from django.db.models import Value
from django.urls import reverse

from office.models import NewsItem, Page, WorkArea
from tests import people
from tests.admin.forms import filled
from workshops.models import Workshop

pytestmark = pytest.mark.django_db
# What the clipboard holds after copying in Word, Google Docs and LibreOffice, and beside it what is stored, a block a line.
PASTED = sorted((Path(__file__).parent / "pasted").glob("*.html"))

# What comes in → what is stored.
HOSTILE = {
    "<script>alert(1)</script><p>a</p>": "<p>a</p>",
    "<p onclick=alert(1)>a</p>": "<p>a</p>",
    '<p style="position:fixed">a</p>': "<p>a</p>",
    '<p class="button" id="main">a</p>': "<p>a</p>",
    '<img src=x onerror=alert(1)><p>a</p>': "<p>a</p>",
    '<svg onload=alert(1)></svg><p>a</p>': "<p>a</p>",
    "<iframe src=https://evil.example></iframe><p>a</p>": "<p>a</p>",
    "<style>*{display:none}</style><p>a</p>": "<p>a</p>",
    '<a href="javascript:alert(1)">a</a>': "a",
    '<a href=" java\nscript:alert(1)">a</a>': "a",
    '<a href="data:text/html,x">a</a>': "a",
    '<a href="vbscript:x">a</a>': "a",
    '<a href="/en/" target="_blank" onmouseover="x">a</a>': '<a href="/en/">a</a>',
    "<h1>a</h1><h2>b</h2><h5>c</h5>": "<h2>a</h2><h3>b</h3><h4>c</h4>",
    "<form action=//evil.example><input name=a><button>b</button></form>": "b",
    "<object data=x></object><embed src=x><p>a</p>": "<p>a</p>",
    "<math><mtext><script>alert(1)</script></mtext></math><p>a</p>": "<p>a</p>",
    "<p>a<!-- comment --></p>": "<p>a</p>",
    "<meta http-equiv=refresh content=0><base href=//evil.example><p>a</p>": "<p>a</p>",
    "<details open ontoggle=alert(1)>a</details>": "a",
    "<p>a": "<p>a</p>",
    "<p></p>": "",
    # Deeper than a program that follows it could go.
    "<div>" * 5000 + "a" + "</div>" * 5000 + "<p>b</p>": "<p>a</p><p>b</p>",
    '<font color="red" face="Arial"><o:p>a</o:p></font>': "a",
}
KEPT = (
    "<h2>Хоёр</h2><h3>a</h3><h4>b</h4><p><strong>c</strong> <em>d</em><br></p><ul><li><p>e</p></li></ul>"
    "<ol><li><p>f</p></li></ol><blockquote><p>g</p></blockquote>"
    '<p><a href="https://iom.int/">h</a> <a href="mailto:a@iom.example">i</a> <a href="tel:+97670119400">j</a></p>'
    '<table><tbody><tr><th colspan="1" rowspan="1"><p>k</p></th></tr><tr><td colspan="1" rowspan="1"><p>l</p></td></tr></tbody></table>'
)


def stored(pk):
    """As the database holds it."""
    return NewsItem.objects.values_list("body_mn", flat=True).get(pk=pk)


@pytest.mark.parametrize("came, clean", [*HOSTILE.items(), (KEPT, KEPT)])
def test_every_way_of_saving_cleans(came, clean):
    item = people.news_item()
    item.body_mn = came
    item.save()
    assert stored(item.pk) == clean
    assert item.body_mn == clean

    NewsItem.objects.filter(pk=item.pk).update(body_mn="")
    NewsItem.objects.filter(pk=item.pk).update(body_mn=came)
    assert stored(item.pk) == clean

    item.body_mn = came
    NewsItem.objects.bulk_update([item], ["body_mn"])
    assert stored(item.pk) == clean

    NewsItem.objects.filter(pk=item.pk).update(body_mn=Value(came, output_field=NewsItem._meta.get_field("body_mn")))
    assert stored(item.pk) == clean

    (made,) = NewsItem.objects.bulk_create([NewsItem(slug="bulk", title_mn="a", published_on="2026-01-01", body_mn=came)])
    assert stored(made.pk) == clean

    made = NewsItem.objects.create(slug="created", title_mn="a", published_on="2026-01-01", body_mn=came)
    assert stored(made.pk) == clean

    made, _new = NewsItem.objects.update_or_create(slug="created", defaults={"body_mn": came, "title_mn": "b"})
    assert stored(made.pk) == clean


def test_the_admin_cleans(client):
    people.signed_in(client, people.editor())
    came = "".join(HOSTILE)
    item = people.news_item(published=False)
    address = reverse("admin:office_newsitem_change", args=[item.pk])
    form = filled(client.get(address))
    assert client.post(address, {**form, "body_en": came, "body_mn": KEPT}).status_code == 302
    item.refresh_from_db()
    assert "<script" not in item.body_en and "onerror" not in item.body_en and "javascript" not in item.body_en
    assert item.body_mn == KEPT


@pytest.mark.parametrize("model, field", [(NewsItem, "body_en"), (Page, "body_mn"), (WorkArea, "body_en"), (Workshop, "description_mn")])
def test_all_rich_texts_are_of_this_kind(model, field):
    assert model._meta.get_field(field).get_prep_value("<script>x</script><p>a</p>") == "<p>a</p>"


# From word processors -----------------------------------------------------------------------------------------


def clean(html):
    return NewsItem._meta.get_field("body_en").sanitize(html)


def in_lines(html):
    return re.sub(r"\n", "", html)


@pytest.mark.parametrize("file", PASTED, ids=lambda file: file.stem)
def test_text_from_a_word_processor_is_made_plain(client, file):
    expected = in_lines(file.with_suffix(".expected").read_text(encoding="utf-8"))
    item = people.news_item(published=False)
    people.signed_in(client, people.editor())
    address = reverse("admin:office_newsitem_change", args=[item.pk])
    form = filled(client.get(address))
    assert client.post(address, {**form, "body_mn": file.read_text(encoding="utf-8")}).status_code == 302
    assert stored(item.pk) == expected
    item.refresh_from_db()
    item.save()
    assert stored(item.pk) == expected


def test_there_are_three_of_them():
    assert [file.stem for file in PASTED] == ["google-docs", "libreoffice", "word"]


@pytest.mark.parametrize(
    "came, plain",
    [
        # A bullet that is only a letter; numbers typed by hand may be a sentence and stay.
        ("<p>·&nbsp;&nbsp;<b> a</b></p><p>▪ b</p>x<p>c</p>", "<ul><li><p><strong>a</strong></p></li><li><p>b</p></li></ul><p>x</p><p>c</p>"),
        ("<p>1. a</p><p>· </p>", "<p>1. a</p>"),
        # Headings keep their order: where there is a first level, all go down by one; what is below the fourth is the fourth.
        ("<h1>a</h1><h2>b</h2><h3>c</h3><h4>d</h4>", "<h2>a</h2><h3>b</h3><h4>c</h4><h4>d</h4>"),
        ("<h2>a</h2><h5><b><i>b</i></b></h5><h3> </h3>", "<h2>a</h2><h4>b</h4>"),
        # A table has a head; one cell is no table; one row has nothing to head.
        ("<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", "<table><tbody><tr><th>a</th></tr><tr><td>b</td></tr></tbody></table>"),
        ("<table><tr><td>a</td><th>b</th></tr><tr><td>c</td><td>d</td></tr></table>", "<table><tbody><tr><td>a</td><th>b</th></tr><tr><td>c</td><td>d</td></tr></tbody></table>"),
        ("<table><tr><td>a<p>b</p></td></tr></table>", "<p>a</p><p>b</p>"),
        ("<table><caption>a</caption><tr><td>b</td><td>c</td></tr></table>", "<p>a</p><table><tbody><tr><td>b</td><td>c</td></tr></tbody></table>"),
        # Blanks: one where there were many; a single one that does not break stays.
        ("<p>a &nbsp; b\n c&nbsp;d</p><p>&nbsp;</p><p><br></p>", "<p>a b c&nbsp;d</p>"),
        ("<p>a <b>b</b><b>c</b> <b>d</b>e</p>", "<p>a <strong>bc</strong> <strong>d</strong>e</p>"),
        # Links into a file that is not here, and past a page that counts.
        ('<p><a href="#_Toc1">a</a> <a href="file:///C:/a.docx">b</a></p>', "<p>a b</p>"),
        ('<p><a href="https://www.google.com/url?q=https://iom.int/%3Fa%3D1&amp;sa=D">a</a></p>', '<p><a href="https://iom.int/?a=1">a</a></p>'),
        ('<p><a href="https://www.google.com/url?q=javascript:alert(1)">a</a></p>', "<p>a</p>"),
        ("<p>1 &lt; 2 &amp; &lt;b&gt;</p>", "<p>1 &lt; 2 &amp; &lt;b&gt;</p>"),
    ],
)
def test_what_is_meant_is_kept_and_tidying_twice_changes_nothing(came, plain):
    assert clean(came) == plain
    assert clean(plain) == plain


def test_the_editor_asks_the_server_what_a_paste_means(client):
    address = reverse("admin:pasted")
    html = (Path(__file__).parent / "pasted" / "word.html").read_text(encoding="utf-8")
    assert client.post(address, html, content_type="text/html").status_code == 302
    people.signed_in(client, people.desk())
    assert client.post(address, html, content_type="text/html").status_code == 302
    people.signed_in(client, people.editor())
    assert client.get(address).status_code == 405
    answer = client.post(address, html, content_type="text/html")
    assert (answer.status_code, answer["Content-Type"], answer.content.decode()) == (200, "text/plain; charset=utf-8", clean(html))
    assert client.post(address, b"\xff", content_type="text/html").status_code == 200


@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "blockquote", "table><tr><td", "span style='font-weight:bold'"])
def test_what_is_nested_without_end_is_read_flat_and_not_to_the_end_of_the_memory(tag):
    for deep in (400, 5000):
        assert "Words" in (once := clean(f"<{tag}>" * deep + "Words")), tag
        assert clean(once) == once


def test_what_is_pasted_is_read_up_to_a_size(client):
    people.signed_in(client, people.editor())
    pasted = {"path": "/en/admin/pasted/", "content_type": "text/html"}
    assert client.post(data="<p>" + "x" * 999_000, **pasted).status_code == 200
    assert client.post(data="<p>" + "x" * 1_000_001, **pasted).status_code == 413
