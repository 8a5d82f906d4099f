"""Addresses with a secret token in them, and how they are kept out of logs and history. Knows nothing of the database."""

import re
import traceback

LENGTH = 22
TOKEN = f"[A-Za-z0-9_-]{{{LENGTH}}}"
# Words of addresses after which a token stands; a test holds every address with a token to them.
WORDS = ("nominate", "answer", "badge", "certificate", "preview")
_IN_A_PATH = re.compile(rf"(/(?:{'|'.join(WORDS)})/){TOKEN}(?![A-Za-z0-9_-])")

# As Python writes a value down in the words of an exception.
_IN_QUOTES = re.compile(rf"""(['"]){TOKEN}\1""")


class TokenConverter:
    """For addresses: `<token:token>`."""

    regex = TOKEN

    def to_python(self, value):
        return value

    def to_url(self, value):
        return str(value)


def masked(text):
    """A text with the tokens of addresses in it made unreadable."""
    return _IN_A_PATH.sub(r"\1…", text)


def masked_token_in(text):
    """Whether a text that was masked had a token in it: somebody came by a secret link."""
    return any(f"/{word}/…" in (text or "") for word in WORDS)


class MaskTokens:
    """A filter of log records: no token is written down, wherever in the record it stands."""

    def filter(self, record):
        text = record.getMessage()
        if (clean := masked(text)) != text:
            record.msg, record.args = clean, ()
        if record.exc_info and record.exc_info[0] is not None and not record.exc_text:
            # A formatter writes down what stands in exc_text in the place of the traceback.
            told = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
            record.exc_text = _IN_QUOTES.sub(r"\1…\1", masked(told))
        return True
