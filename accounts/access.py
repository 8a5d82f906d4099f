"""Decorators that say whose page a view is."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied

from accounts.models import Role


def _only(allows):
    def decorator(view):
        @login_required
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not allows(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorator


staff_required = _only(lambda user: user.is_active)
organiser_required = _only(lambda user: user.runs_workshops)
desk_required = _only(lambda user: user.works_at_the_desk)
# Those who organise what is told, and those who tell it.
news_required = _only(lambda user: user.runs_workshops or user.edits_content)
administrator_required = _only(lambda user: user.is_active and user.role == Role.ADMINISTRATOR)
