"""Rich text is clean in the database, by whatever way it came there."""

import pytest
from django.db.models import Value
from django.urls import reverse

from office.models import NewsItem, Page, WorkArea
from tests import people
from tests.admin.forms import filled
from workshops.models import Workshop

pytestmark = pytest.mark.django_db

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
    '<a href="javascript:alert(1)">a</a>': "<a>a</a>",
    '<a href=" java\nscript:alert(1)">a</a>': "<a>a</a>",
    '<a href="data:text/html,x">a</a>': "<a>a</a>",
    '<a href="vbscript:x">a</a>': "<a>a</a>",
    '<a href="/en/" target="_blank" onmouseover="x">a</a>': '<a href="/en/">a</a>',
    "<h1>a</h1><h2>b</h2><h5>c</h5>": "a<h2>b</h2>c",
    "<form action=//evil.example><input name=a><button>b</button></form>": "b",
    "<object data=x></object><embed src=x><p>a</p>": "<p>a</p>",
    "<math><mtext><script>alert(1)</script></mtext></math><p>a</p>": "<p>a</p>",
    "<p>a<!-- comment --></p>": "<p>a</p>",
    "<meta http-equiv=refresh content=0><base href=//evil.example><p>a</p>": "<p>a</p>",
    "<details open ontoggle=alert(1)>a</details>": "a",
    "<p>a": "<p>a</p>",
    "<p></p>": "",
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
