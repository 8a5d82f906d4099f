"""History of who changed what, kept by the database itself: bulk and raw writes are seen too."""

import pghistory


def tracked(*, exclude=()):
    """Class decorator: every insert, update and delete of the model's rows leaves an event that cannot be altered.

    `exclude` names fields whose change alone is no event (counters, search columns).
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude) or None,
        append_only=True,
    )
