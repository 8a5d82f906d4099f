"""Asking an address outside: what its answer means, and that nothing inside the house is ever asked."""

import socket
import threading
import time
from contextlib import suppress

import pytest

from core import reach
from core.reach import Answer
from tests import web_server


@pytest.fixture
def site(monkeypatch):
    """A site whose name stands for this machine, though it is no public address: for this name alone the rule is set aside."""
    judged = reach.public_ip
    monkeypatch.setattr(reach, "public_ip", lambda name, port: "127.0.0.1" if name == "somewhere.example" else judged(name, port))
    with web_server.running() as running:
        yield running


def test_what_is_there_is_asked_once_without_its_text(site):
    site.pages["/a%20b"] = 200
    assert reach.ask(site.url("/a b?q=ө")) == Answer(200)
    ((method, path, headers),) = site.asked
    assert (method, path) == ("HEAD", "/a%20b?q=%D3%A9")
    assert headers["User-Agent"].startswith("IOM-Mongolia-link-checker/1.0 (+http")


@pytest.mark.parametrize("status", [404, 410, 500, 503])
def test_what_fails_has_failed_with_get_too(site, status):
    site.pages["/"] = status
    assert reach.ask(site.url()) == Answer(status, "status")
    assert [method for method, _path, _headers in site.asked] == ["HEAD", "GET"]


@pytest.mark.parametrize("status", [404, 405, 501, 500])
def test_a_server_that_knows_no_head_is_asked_with_get(site, status):
    site.pages["/"] = lambda method: 200 if method == "GET" else status
    assert reach.ask(site.url()) == Answer(200)


@pytest.mark.parametrize("status", [401, 403, 429])
def test_what_is_not_for_programs_is_there(site, status):
    site.pages["/"] = status
    assert reach.ask(site.url()) == Answer(status)


def test_a_move_for_good_is_told_and_one_for_now_is_not(site):
    site.pages |= {"/old": (301, {"Location": "/new"}), "/new": 200, "/now": (302, {"Location": "/new"}), "/both": (302, {"Location": "/old"})}
    assert reach.ask(site.url("/old")) == Answer(200, leads_to=site.url("/new"))
    assert reach.ask(site.url("/now")) == Answer(200)
    assert reach.ask(site.url("/both")) == Answer(200)
    site.pages["/new"] = 404
    assert reach.ask(site.url("/old")) == Answer(404, "status", site.url("/new"))


def test_leading_on_and_on_ends(site):
    site.pages["/"] = (302, {"Location": "/"})
    assert reach.ask(site.url()) == Answer(problem="redirects")
    assert len(site.asked) == reach.STEPS + 1


def test_no_answer_in_time(site, monkeypatch):
    monkeypatch.setattr(reach, "SECONDS", 0.1)
    site.pages["/"] = web_server.slowly(0.5)
    assert reach.ask(site.url()) == Answer(problem="timeout")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_who_sends_a_letter_now_and_then_keeps_nobody(site, monkeypatch, scheme):
    monkeypatch.setattr(reach, "SECONDS", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            with suppress(OSError):
                line, _address = server.accept()
                with line:
                    for letter in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 40 if scheme == "http" else b"\x16\x03\x03\x20\x00" + b"\x02" * 60:
                        line.send(bytes([letter]))
                        time.sleep(0.1)

        threading.Thread(target=drip, daemon=True).start()
        begun = time.monotonic()
        assert reach.ask(f"{scheme}://somewhere.example:{server.getsockname()[1]}/").problem == "timeout"
        assert time.monotonic() - begun < 2


def test_no_more_is_read_than_needed(site, monkeypatch):
    monkeypatch.setattr(reach, "LARGEST", 0)
    site.pages["/"] = lambda method: 200 if method == "GET" else 405
    assert reach.ask(site.url()) == Answer(200)


def test_nobody_listens(site):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert reach.ask(f"http://somewhere.example:{taken.getsockname()[1]}/") == Answer(problem="connection")


def test_a_certificate_that_proves_nothing(site):
    assert reach.ask(f"https://somewhere.example:{site.port}/") == Answer(problem="tls")


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:{port}/", "http://127.0.0.1:{port}/", "http://127.1:{port}/", "http://2130706433:{port}/", "http://[::1]:{port}/",
        "http://0.0.0.0:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://[::ffff:7f00:1]:{port}/", "http://10.0.0.1/", "http://192.168.1.1/",
        "http://172.16.0.1/", "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://[fd00::1]/", "http://[fe80::1]/",
        "http://[64:ff9b::7f00:1]/", "http://[::127.0.0.1]/", "http://[::ffff:0:127.0.0.1]/", "http://[fec0::1]/", "http://[2002:7f00:1::]/", "http://224.0.0.1/",
    ],
)  # fmt: skip
def test_nothing_inside_the_house_is_asked(site, address):
    site.pages["/"] = 200
    assert reach.ask(address.format(port=site.port)) == Answer(problem="private")
    assert site.asked == []


def test_a_redirect_does_not_lead_inside_either(site):
    site.pages |= {"/": (302, {"Location": f"http://127.0.0.1:{site.port}/secret"}), "/secret": 200, "/file": (301, {"Location": "file:///etc/passwd"})}
    assert reach.ask(site.url()) == Answer(problem="private")
    assert reach.ask(site.url("/file")).problem == "address"
    assert [path for _method, path, _headers in site.asked] == ["/", "/file"]


def test_a_name_with_one_address_inside_is_refused(monkeypatch):
    entries = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("93.184.215.14", "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_more: entries)
    assert reach.ask("http://both.example/") == Answer(problem="private")


def test_the_address_that_was_judged_is_connected_to(monkeypatch):
    """A name that is looked up a second time could stand for something else by then."""
    asked = []

    def look_up(name, *_arguments, **_more):
        asked.append(name)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 80))]

    connected = []

    def connect(address, timeout):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    assert reach.ask("http://twice.example/") == Answer(problem="connection")
    assert (asked, connected) == (["twice.example"], [("93.184.215.14", 80)])


@pytest.mark.parametrize("address", ["ftp://iom.int/", "http://", "http://[", "http://iom.int:99999/", "javascript:alert(1)", "iom.int", "http://" + "a" * 70 + ".example/", "http://a..b/"])
def test_what_is_no_address_is_not_asked(address):
    assert reach.ask(address) == Answer(problem="address")


def test_a_name_that_is_nobodys(monkeypatch):
    def nobody(*_arguments, **_more):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    assert reach.ask("http://nobody.example/") == Answer(problem="name")
