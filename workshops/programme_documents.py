"""The programme as paper, in both languages."""

from datetime import date

from workshops import documents
from workshops.documents import Both
from workshops.letter_documents import letterhead
from workshops.models import AgendaItem

PAUSES = {AgendaItem.Kind.BREAK, AgendaItem.Kind.MEAL}


def programme_pdf(workshop, content, *, version=None):
    """The PDF of a programme's content (see `agendas.content_of`); `version` is the AgendaVersion that it belongs to."""
    days = [
        documents.AgendaDay(documents.day_of(number, date.fromisoformat(day["on"])), [_item(row) for row in day["items"]])
        for number, day in enumerate(content["days"], 1)
        if day["items"]
    ]
    return documents.agenda(
        days,
        workshop=Both.of(workshop, "title"),
        when=documents.days(workshop.starts_on, workshop.ends_on, workshop.precision),
        letterhead=letterhead(),
        place=Both(_place(workshop, "en"), _place(workshop, "mn")),
        version=version.number if version else None,
        published_on=version.published_at.date() if version else None,
    )


def _place(workshop, code):
    return ", ".join(filter(None, [getattr(workshop, f"venue_{code}"), getattr(workshop, f"place_{code}")]))


def _item(row):
    return documents.AgendaItem(
        time=f"{row['starts_at']}–{row['ends_at']}",
        title=Both(row["title_en"], row["title_mn"]),
        speakers=[Both(speaker["en"], speaker["mn"]) for speaker in row["speakers"]],
        room=Both(row["room_en"], row["room_mn"]),
        description=Both(row["description_en"], row["description_mn"]),
        is_pause=row["kind"] in PAUSES,
        is_cancelled=row["cancelled"],
    )
