"""Letters: written in the transaction of the act that causes them, one an occasion, and sent by the worker."""

from workshops.models import Letter


def write(
    kind, *, registration=None, request=None, person=None, certificate=None, workshop=None, by=None, occasion="", draft=False,
    send_after=None, context=None, calendar="", calendar_method="", documents=(), link=None,
):  # fmt: skip
    """Writes a letter of a kind to an official (`registration`), an institution (`request`) or a `person`, in their language.

    Returns the Letter; where this occasion had its letter already, that one. `occasion` tells letters of one kind to one
    recipient apart. A `draft` waits in the outbox for staff; where no address is known it stays a draft and says so.
    """
    target = registration or request or certificate or person
    workshop = workshop or getattr(target, "workshop", None)
    key = f"{kind}:{target._meta.model_name}:{target.pk}:{occasion}"
    letter, _created = Letter.objects.get_or_create(
        dedupe_key=key,
        defaults={
            "kind": kind,
            "language": "mn",
            "workshop": workshop,
            "registration": registration,
            "request": request,
            "person": person or getattr(registration, "person", None),
            "certificate": certificate,
            "link": link,
            "subject": kind,
            "body": "",
            "calendar": calendar,
            "calendar_method": calendar_method,
            "documents": list(documents),
            "state": Letter.State.DRAFT,
            "send_after": send_after,
            "created_by": by,
        },
    )
    return letter
