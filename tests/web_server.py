"""A web server for tests on a port of its own: it answers as it is told and keeps what it was asked."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site:
    """`pages`: path → status, or (status, headers), or a function (method) → one of these; `asked`: [(method, path, headers)]."""

    def __init__(self, port):
        self.port, self.pages, self.asked = port, {}, []

    def url(self, path="/"):
        return f"http://somewhere.example:{self.port}{path}"


@contextmanager
def running():
    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            site.asked.append((self.command, self.path, dict(self.headers)))
            said = site.pages.get(self.path.split("?")[0], 404)
            said = said(self.command) if callable(said) else said
            status, headers = said if isinstance(said, tuple) else (said, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        do_GET = do_HEAD = answer

        def log_message(self, *_words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def slowly(seconds):
    """An answer that comes too late."""

    def answer(_method):
        time.sleep(seconds)
        return 200

    return answer
