"""Whether the reader of rendered pages sees what it should: each fault is found, and a page without any is left in peace."""

import pytest

from tests.markup import faults

PAGE = '<!doctype html>\n<html lang="en"><head><title>Page</title></head><body><main><h1>Head</h1>{}</main></body></html>'
WELL = [
    "<p>One<br>two <a href='/en/?q=a&amp;kind=b'>three</a></p><ul><li>One</li></ul><dl><div><dt>When</dt><dd>Now</dd></div></dl>",
    "<h2>Two</h2><h3>Three</h3><h2>Two</h2>",
    "<label for='q'>Find</label><input id='q' type='search' autocomplete='off'><label>Tick <input type='checkbox'></label>",
    "<svg viewBox='0 0 1 1' role='img' aria-label='A line'><title>Line</title><path d='M0 0'/></svg><img src='/a.png' alt=''>",
    "<time datetime='2026-11-23T10:12:00+08:00'>then</time><time datetime='2013'>2013</time><time>2014</time>",
    "<details><summary><h2>More</h2></summary><p>Words</p></details><form action='/en/search/' data-hx-get='/en/'><input type='hidden' name='a'></form>",
    "<table><caption>Seats</caption><thead><tr><th scope='col'>One</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>",
]  # fmt: skip
FAULTY = {
    "<p id='a'></p><p id='a'></p>": "duplicate id “a”",
    "<p>One</b></p>": "stray </b>",
    "<div><p>One</div>": "<p> is not closed before </div>",
    "<p><div>One</div></p>": "<div> may not stand in <p>",
    "<ul><div>One</div></ul>": "<div> may not stand in <ul>",
    "<ul>One</ul>": "text stands in <ul>: 'One'",
    "<div><li>One</li></div>": "<li> needs another parent than <div>",
    "<div/>": "<div/> does not close itself",
    "<img src='/a.png'>": "<img> without alt",
    "<label for='q'>Find</label>": "<label for> names “q”, which is not there",
    "<p id='q'></p><label for='q'>Find</label>": "<label for> names <p>, which takes no label",
    "<input name='q'>": "<input name='q'> has no label",
    "<div aria-labelledby='head'></div>": "<div aria-labelledby> names “head”, which is not there",
    "<a href='#part'>Part</a>": "<a href> names “part”, which is not there",
    "<a href='/'><button>Press</button></a>": "<button> may not stand in <a>: both can be pressed",
    "<a href='/'></a>": "<a> says nothing",
    "<h3>Three</h3>": "<h3> follows <h1>",
    "<h1>Again</h1>": "2 of <h1>",
    "<h2></h2>": "<h2> is empty",
    "<p align='left'>One</p>": "<p> has no attribute align",
    "<form hx-get='/'></form>": "<form> has no attribute hx-get",
    "<p aria-labeled='One'></p>": "<p aria-labeled> is no property of ARIA",
    "<p style='color: red'>One</p>": "<p style>: the content security policy forbids it",
    "<p class='a' class='b'>One</p>": "<p> has class twice",
    "<center>One</center>": "<center> is no element of HTML",
    "<time datetime='2026-11-23T10:12:00.123456+08:00'>then</time>": "<time datetime='2026-11-23T10:12:00.123456+08:00'>",
    "<time>23 November</time>": "<time> without datetime: '23 November'",
    "<input type='hidden' aria-label='One'>": "a hidden input has aria-label",
    "<label><input type='radio' autocomplete='off'>One</label>": "<input type=radio> completes nothing",
    "<label>One <input type='search' role='combobox'></label>": "<input type=search> is no combobox",
    "<svg role='img'></svg>": "a picture without words",
    "<script>run()</script>": "a script stands in the page itself",
    "<a href='/a b'>One</a>": "<a href> is no address: '/a b'",
    "<main></main>": "2 of <main>",
    "<p>One": "<p> is not closed before </main>",
}


@pytest.mark.parametrize("html", WELL)
def test_a_page_without_faults_is_left_in_peace(html):
    assert faults(PAGE.format(html)) == []


@pytest.mark.parametrize(("html", "fault"), FAULTY.items())
def test_each_fault_is_found(html, fault):
    assert fault in [found.split(": ", 1)[1] for found in faults(PAGE.format(html))]


def test_a_page_cut_off_is_found():
    assert [found.split(": ", 1)[1] for found in faults("<!doctype html><html lang='en'><head><title>Page</title></head><body><main><h1>Head</h1>")] == [
        "<body> is never closed", "<html> is never closed", "<main> is never closed",
    ]  # fmt: skip
