"""Whether an address outside answers: asked politely, never for long, and never inside the house.

An address that an editor writes must not make the portal knock at machines that only it can reach (server-side request
forgery): a name is looked up once, every answer must be a public address, and that very address is then connected to. The
same holds for each step of a redirect.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings

STEPS = 5  # redirects
SECONDS = 8  # for one answer to begin, and for one address in all
LARGEST = 65_536  # bytes of an answer that are read
# All of IPv6 that is anybody's; the rest wraps other addresses or is for use inside.
ANYBODYS = ipaddress.ip_network("2000::/3")
# They answer that something is there and that programs are not welcome, or that they have no time.
NOT_FOR_PROGRAMS = {401, 403, 405, 406, 407, 418, 429, 451, 999}


class Refused(Exception):
    """The address is not asked: `args[0]` is the problem's code."""


@dataclass(frozen=True)
class Answer:
    """`problem` is empty where the address works; `leads_to` where it has moved for good."""

    status: int | None = None
    problem: str = ""
    leads_to: str = ""


def ask(address):
    """The Answer of an address: HEAD first, GET where HEAD is not understood.

    Problems: "address" (cannot be read), "private" (leads inside), "name" (no such name), "timeout", "tls" (its certificate
    is not valid), "connection", "redirects" (too many of them), "status" (it answers that it is not there, or fails).
    """
    ends, at, moved, permanent = time.monotonic() + 2 * SECONDS, address, "", True
    for _step in range(STEPS + 1):
        try:
            status, location = _once(at, ends)
        except Refused as refused:
            return Answer(problem=refused.args[0], leads_to=moved)
        if location and status in {301, 302, 303, 307, 308}:
            at = urljoin(at, location)
            permanent = permanent and status in {301, 308}
            moved = at if permanent else moved
            continue
        works = 200 <= status < 400 or status in NOT_FOR_PROGRAMS
        return Answer(status, "" if works else "status", moved)
    return Answer(problem="redirects", leads_to=moved)


def _once(address, ends):
    """(status, Location) of one address, without following it."""
    status, location = _request("HEAD", address, ends)
    # Some servers know no HEAD and say so in the wrong words: only GET is believed when it says no.
    return _request("GET", address, ends) if status >= 400 else (status, location)


def _request(method, address, ends):
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or {"http": 80, "https": 443}[parts.scheme]
        name = host.encode("idna").decode()
    except (ValueError, KeyError, AttributeError, UnicodeError):
        raise Refused("address") from None
    left = min(SECONDS, ends - time.monotonic())
    if left <= 0:
        raise Refused("timeout")
    connection = _Connection(name, port, timeout=left, ip=public_ip(name, port), tls=parts.scheme == "https")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?[]')}" if parts.query else "")
    # A timeout is for each piece that comes: who sends a letter every few seconds would keep us for hours.
    late = threading.Timer(left, connection.cut)
    late.daemon = True
    late.start()
    try:
        connection.request(method, path, headers={"User-Agent": user_agent(), "Accept": "*/*", "Connection": "close"})
        answer = connection.getresponse()
        if method == "GET":
            answer.read(LARGEST)
        return answer.status, answer.headers.get("Location", "")
    except TimeoutError:
        raise Refused("timeout") from None
    except ssl.SSLError:
        raise Refused("timeout" if connection.is_cut else "tls") from None
    except (OSError, http.client.HTTPException):
        raise Refused("timeout" if connection.is_cut else "connection") from None
    finally:
        late.cancel()
        connection.close()


def user_agent():
    return f"IOM-Mongolia-link-checker/1.0 (+{settings.PORTAL_ADDRESS})"


def public_ip(name, port):
    """The address that a name stands for; refuses ("private") one that is not in the public internet, whichever of several."""
    try:
        found = [entry[4][0] for entry in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise Refused("name") from None
    if not found:
        raise Refused("name")
    if not all(is_public(ip) for ip in found):
        raise Refused("private")
    return found[0]


def is_public(ip):
    """Whether an IP address is anybody's; one that wraps an IPv4 address is judged by that."""
    ip = ipaddress.ip_address(ip.split("%")[0])
    for inner in (getattr(ip, "ipv4_mapped", None), getattr(ip, "sixtofour", None), (getattr(ip, "teredo", None) or (None, None))[1]):
        if inner is not None and not is_public(str(inner)):
            return False
    if ip.version == 6 and ip in ipaddress.ip_network("64:ff9b::/96"):
        return is_public(str(ipaddress.ip_address(int(ip) & 0xFFFFFFFF)))
    if ip.version == 6 and ip.ipv4_mapped is None and ip not in ANYBODYS:
        return False
    return ip.is_global and not ip.is_multicast


class _Connection(http.client.HTTPConnection):
    """Connects to the address that was judged, and proves the name by its certificate."""

    def __init__(self, host, port, *, timeout, ip, tls):
        super().__init__(host, port, timeout=timeout)
        self._ip, self._tls = ip, tls
        self.default_port = 443 if tls else 80
        self._line, self.is_cut = None, False

    def connect(self):
        self.sock = socket.create_connection((self._ip, self.port), self.timeout)
        if self._tls:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self._line = self.sock
        if self._tls:
            self.sock.do_handshake()

    def cut(self):
        """Ends the connection from another thread: whoever reads from it reads no more."""
        self.is_cut = True
        if self._line is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)
