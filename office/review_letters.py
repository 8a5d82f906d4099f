"""Letters to those whose turn it is: queued in the transaction of the act, sent by the worker."""

from django.core.mail import send_mail
from django.db import transaction
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Role, User
from core.addresses import absolute
from office.models import Step

# Administrators may all of it and are not asked each time.
REVIEWERS = {Role.REVIEWER, Role.EDITOR}
PUBLISHERS = {Role.EDITOR}


def addressees(step):
    """The users who have something to do, or to know, because of a step; never the one who took it."""
    version, everybody = step.version, User.objects.filter(is_active=True)
    authors = version.authors.all()
    if step.act == Step.Act.SUBMIT:
        found = everybody.filter(role__in=REVIEWERS).exclude(pk__in=authors)
    elif step.act == Step.Act.APPROVE:
        found = everybody.filter(role__in=PUBLISHERS) | everybody.filter(pk__in=authors)
    elif step.act in {Step.Act.SEND_BACK, Step.Act.PUBLISH}:
        found = everybody.filter(pk__in=authors)
    elif step.act == Step.Act.COMMENT:
        spoke = version.steps.values("by")
        found = everybody.filter(pk__in=authors) | everybody.filter(pk__in=spoke)
    else:
        return []
    return list(found.exclude(pk=step.by_id).distinct())


def write(step):
    """Queues a letter to each of those whose turn it is; nothing is sent where the act is undone."""
    for user in addressees(step):
        transaction.on_commit(lambda key=user.pk: send.enqueue(step.pk, key))


@task
def send(step_id, user_id):
    """Sends one letter in the language of who gets it. Sent twice it does no harm but the noise."""
    step = Step.objects.select_related("version__content_type", "by").filter(pk=step_id).first()
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if step is None or user is None or (item := step.version.item) is None:
        return
    with override(user.preferred_language):
        what = {"item": item, "step": step, "user": user, "asks": ASKS[step.act]()}
        what["address"] = absolute(reverse(f"admin:office_{item._meta.model_name}_desk", args=[item.pk]))
        subject = " ".join(f"{what['asks']}: {item}".split())
        send_mail(subject, render_to_string("office/review_letter.txt", what), None, [user.email])


ASKS = {
    Step.Act.SUBMIT: lambda: _("Please review"),
    Step.Act.APPROVE: lambda: _("Approved for publication"),
    Step.Act.SEND_BACK: lambda: _("Sent back to you"),
    Step.Act.PUBLISH: lambda: _("Published"),
    Step.Act.COMMENT: lambda: _("A comment"),
}
