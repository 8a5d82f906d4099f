"""Where no mail server is named, each letter becomes a file that any mail program opens."""

import re
from pathlib import Path

from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class EmailBackend(BaseEmailBackend):
    """Writes each message into `file_path` as <time>-<its own number>.eml; sent twice, it is one file."""

    def __init__(self, *, file_path, **options):
        super().__init__(**options)
        self.folder = Path(file_path)

    def send_messages(self, email_messages):
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for email_message in email_messages:
            message = email_message.message()
            number = re.sub(r"[^\w.-]+", "-", message["Message-ID"].strip("<>").split("@")[0])[:60]
            for earlier in self.folder.glob(f"*-{number}.eml"):
                earlier.unlink()
            (self.folder / f"{timezone.localtime():%Y%m%d-%H%M%S}-{number}.eml").write_bytes(message.as_bytes())
        return len(email_messages)
