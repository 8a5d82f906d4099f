"""What the components' tags show: states in words and shapes, seats that add up, links that keep the query."""

import re
from pathlib import Path
from types import SimpleNamespace

from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template
from django.utils import translation

from core.templatetags import portal

SPRITE = Path(settings.BASE_DIR) / "static" / "img" / "icons.svg"


def show(source, **context):
    return Template("{% load portal %}" + source).render(Context(context))


def names_in_sprite():
    return re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text(encoding="utf-8"))


def test_each_shape_of_a_state_is_drawn_once():
    names = names_in_sprite()
    assert len(names) == len(set(names))
    assert {shape for _tone, shape, _word in portal.STATES.values()} - set(names) == set()


def test_every_icon_that_a_template_names_is_drawn():
    named = set()
    for file in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        named |= set(re.findall(r'{%\s*icon "([^"]+)"', file.read_text(encoding="utf-8")))
    assert named
    assert named - set(names_in_sprite()) == set()


def test_an_icon_without_words_is_hidden_from_screen_readers():
    assert 'aria-hidden="true"' in show('{% icon "search" %}')
    assert 'role="img" aria-label="Search"' in show('{% icon "search" "Search" %}')


def test_a_state_has_a_word_and_a_shape():
    html = show('{% state_chip "waitlisted" %}')
    assert "chip-wait" in html and "#waiting" in html and "Waiting list" in html


def test_the_models_own_word_replaces_ours_and_is_escaped():
    assert "Late &lt;2&gt;" in show('{% state_chip "expired" word %}', word="Late <2>")


def test_seats_free_are_what_is_left():
    html = show("{% seat_bar 30 14 8 5 %}")
    assert 'aria-label="22 of 30 seats held, 5 waiting, 8 free"' in html
    assert "over" not in html


def test_more_held_than_places_is_said():
    html = show("{% seat_bar 30 26 6 0 %}")
    assert "2 over the places" in html
    assert "0 free" in html


def test_lengths_in_a_drawing_carry_no_separator_in_any_language():
    for language in ("en", "mn"):
        with translation.override(language):
            html = show("{% seat_bar 3000 1400 800 50 %}")
        assert 'x="1400" width="800"' in html


def test_a_whole_drawing_without_places_is_no_error():
    assert "0 of 0 seats held" in show("{% seat_bar 0 %}")


def test_the_language_links_lead_to_the_same_page_with_its_query(rf):
    with translation.override("en"):
        html = show("{% language_links %}", request=rf.get("/en/nothing-here/?q=dzud&page=2"))
    assert 'href="/mn/nothing-here/?q=dzud&amp;page=2"' in html
    assert '<span lang="en" aria-current="true">English</span>' in html
    assert ">Монгол</a>" in html


def test_a_view_may_say_where_its_item_stands_in_the_other_language(rf):
    with translation.override("en"):
        html = show("{% language_links %}", request=rf.get("/en/news/x/"), language_urls={"mn": "/mn/news/y/"})
    assert 'href="/mn/news/y/"' in html


def test_page_links_keep_the_rest_of_the_query(rf):
    page = Paginator(range(60), 20).page(2)
    html = show("{% pagination page %}", page=page, request=rf.get("/en/news/?kind=story&page=2"))
    assert 'href="?kind=story&amp;page=3"' in html
    assert "21–40 of 60" in html
    assert '<span aria-current="page">2</span>' in html


def test_one_page_needs_no_links(rf):
    page = Paginator(range(20), 20).page(1)
    assert show("{% pagination page %}", page=page, request=rf.get("/")).strip() == ""


def test_a_link_of_a_menu_knows_whether_one_is_there(rf):
    def here(path, exact=False):
        return portal.here({"request": rf.get(path)}, "/en/staff/", exact=exact)

    assert here("/en/staff/") == ' aria-current="page"'
    assert here("/en/staff/people/") == ' aria-current="true"'
    assert here("/en/staff/people/", exact=True) == ""
    assert here("/en/news/") == ""


def test_only_an_address_of_our_own_can_be_undone():
    assert portal.undo_address(SimpleNamespace(extra_tags="undo:/en/staff/undo/1/")) == "/en/staff/undo/1/"
    assert portal.undo_address(SimpleNamespace(extra_tags="undo:https://example.org/")) == ""
    assert portal.undo_address(SimpleNamespace(extra_tags="undo://example.org/")) == ""
    assert portal.undo_address(SimpleNamespace(extra_tags=None)) == ""
