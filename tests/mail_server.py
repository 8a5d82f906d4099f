"""A mail server for tests: real SMTP on a port of its own, which keeps what it takes and refuses what it is told to."""

import email
import email.policy
from contextlib import contextmanager

from aiosmtpd.controller import Controller


class MailServer:
    """`messages` are the mails it took, as email.message.EmailMessage, `answers` what it says to an address: a list of
    answers, one a try (None: takes it); `at_data` is called with the mail before it is acknowledged."""

    def __init__(self):
        self.messages, self.answers, self.connections, self.at_data = [], {}, 0, None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        said = self.answers.get(address)
        if said and (answer := said.pop(0)):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        if self.at_data is not None and (answer := self.at_data(message)):
            return answer
        self.messages.append(message)
        return "250 OK"

    @property
    def settings(self):
        """For settings.MAILERS."""
        return {
            "default": {
                "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "OPTIONS": {"host": self.host, "port": self.port, "use_tls": False, "timeout": 5},
            }
        }


    def forget(self):
        self.__init__()


class AnyPort(Controller):
    """Port 0 takes a free one; the controller then looks for itself under the number that it got."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def running():
    server = MailServer()
    controller = AnyPort(server, hostname="127.0.0.1", port=0, server_hostname="mail.example")
    controller.start()
    server.host, server.port = controller.server.sockets[0].getsockname()[:2]
    try:
        yield server
    finally:
        controller.stop()
