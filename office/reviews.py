"""From a writer's draft to the public: who may do what with an item's text, and whose turn it is.

A writer asks for a review; a reviewer approves the version or sends it back; an editor publishes it, each language from its
own moment, and withdraws it. A press release needs two people: somebody who is none of its authors has approved it, or is
the one who publishes it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.pages import LANGUAGE_NAMES, LANGUAGES
from office import review_letters, versions
from office.links import refuse_dead
from office.models import NewsItem, Step, Version
from office.publishing import refuse_unfilled

State, Act = Version.State, Step.Act

# What a reader of the public site meets word by word: nothing of it may still be to fill in.
TEXTS = ("title", "lead", "dateline", "body", "date_note")
PART_TEXTS = ("text", "speaker", "role")
LONGEST_COMMENT = 2000


def writes(user, item):
    return user.edits_content and user.has_perm(f"office.change_{item._meta.model_name}")


def is_author(user, version):
    return version.authors.filter(pk=user.pk).exists()


def needs_two(item, version=None):
    """Whether the item goes out, as its version says it, only when two people have read it: a press release, and what the
    public reads as one until then."""
    if version is not None and not (versions.is_out(item) and needs_two(item)):
        item = _as_written(item, version)
    return isinstance(item, NewsItem) and item.kind == NewsItem.Kind.PRESS_RELEASE


def second_of(item, version, by):
    """Of those who approved and who publish, somebody who is none of the authors; None where there is none.

    Whoever wrote a text that no account saved is not known: then two people must have read it.
    """
    authors = set(version.authors.values_list("pk", flat=True)) | {version.saved_by_id} - {None}
    if not authors:
        return version.approved_by if version.approved_by not in (None, by) else None
    return next((each for each in (version.approved_by, by) if each is not None and each.pk not in authors), None)


def open_acts(item, user, version=None):
    """The acts that this user may do now with the item, in the order in which a page offers them.

    `version` is the item's open one if it is known already.
    """
    if not writes(user, item):
        return []
    version = version or versions.open_of(item)
    acts = []
    if version is not None:
        own = is_author(user, version)
        if version.state in {State.WRITING, State.RETURNED}:
            acts.append(Act.SUBMIT)
        if version.state == State.IN_REVIEW and user.reviews_content and not own:
            acts.append(Act.APPROVE)
        if version.state in {State.IN_REVIEW, State.APPROVED} and user.reviews_content and not own:
            acts.append(Act.SEND_BACK)
        if version.state in {State.IN_REVIEW, State.APPROVED} and (own or user.publishes_content):
            acts.append(Act.TAKE_BACK)
        if versions.is_out(item) and (own or user.publishes_content):
            acts.append(Act.DROP)
    if user.publishes_content:
        something = version is not None or any(not item.is_published(code) for code in LANGUAGES)
        if something and (version is None or not needs_two(item, version) or second_of(item, version, user)):
            acts.append(Act.PUBLISH)
        if versions.is_out(item):
            acts.append(Act.WITHDRAW)
    acts += [Act.RESTORE, Act.COMMENT]
    return acts


# Acts ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def save(item, data, *, by):
    """Keeps a text that was written in the admin as the item's open version; whoever writes takes it out of the review."""
    return versions.keep(item, data, by=by)


@transaction.atomic
def submit(item, *, by, text=""):
    """Asks for a review; those who may give it get a letter."""
    version = _begun(item, by, Act.SUBMIT)
    return _step(version, Act.SUBMIT, by, state=State.IN_REVIEW, text=text)


@transaction.atomic
def take_back(item, *, by, text=""):
    """Out of the review again, to go on writing."""
    version = _begun(item, by, Act.TAKE_BACK)
    return _step(version, Act.TAKE_BACK, by, state=State.WRITING, text=text, approved_by=None)


@transaction.atomic
def approve(item, *, by, text=""):
    """Says that the version may go out; by somebody who wrote none of it."""
    version = _begun(item, by, Act.APPROVE)
    return _step(version, Act.APPROVE, by, state=State.APPROVED, text=text, approved_by=by)


@transaction.atomic
def send_back(item, *, by, text):
    """Gives the version back to its authors; refuses ("reason") to do so without a word of what is missing."""
    version = _begun(item, by, Act.SEND_BACK)
    if not text.strip():
        raise ValidationError(_("Say what is to be changed: the authors get it by letter."), code="reason")
    return _step(version, Act.SEND_BACK, by, state=State.RETURNED, text=text, approved_by=None)


@transaction.atomic
def comment(item, *, by, text):
    """A remark to those who work at the item. Refuses ("empty") one without words."""
    item = versions.lock(item)
    _refuse_others(item, by, Act.COMMENT)
    if not text.strip():
        raise ValidationError(_("Write what you want to say."), code="empty")
    versions.begin(item)
    version = versions.open_of(item) or Version.objects.of(item).first()
    return _step(version, Act.COMMENT, by, text=text)


@transaction.atomic
def publish(item, *, by, moments, text=""):
    """Publishes the item's newest text in the languages named: {code: moment or None for now}; a moment may lie ahead.

    Without a language what waits is published to those who read the item already. The changes of both languages go out
    together. Refuses ("two_people") a press release that nobody but its authors has read, ("no_title") a language without
    a title, ("unfilled") places still to fill in, ("nothing") an item that nobody reads and no language, and ("already_out")
    another moment for a language that is public.
    """
    item = versions.lock(item)
    if by.publishes_content and writes(by, item):
        versions.begin(item)
        if versions.open_of(item) and not versions.not_in_rows(item):
            # What goes out is what the rows say, even where a program has changed them since the last save.
            versions.keep(item, versions.snapshot(item), by=None)
    version = versions.open_of(item)
    needed = version is not None and needs_two(item, version)
    if needed and not second_of(item, version, by):
        raise ValidationError(
            _("A press release goes out when two people have read it: ask a colleague to review it."), code="two_people"
        )
    _refuse_others(item, by, Act.PUBLISH)
    was_out, now = versions.is_out(item), timezone.now()
    if not moments and not (was_out and version):
        raise ValidationError(_("Choose the language in which it is to be published."), code="nothing")
    if any(item.is_published(code, at=now) for code in moments):
        raise ValidationError(
            _("It is public in this language already: withdraw it before you choose another moment."), code="already_out"
        )
    if versions.not_in_rows(item):
        item = versions.write_back(item, version.data)
    if version is not None:
        Version.objects.of(item).filter(state=State.PUBLISHED).update(state=State.EARLIER, since=now)
        versions.move_to(
            version, State.PUBLISHED, published_by=by, published_at=now, needs_two=needed, second=second_of(item, version, by) if needed else None
        )
    for code, moment in moments.items():
        setattr(item, f"publish_at_{code}", moment or now)
        ends = getattr(item, f"unpublish_at_{code}")
        if ends and ends <= (moment or now):
            setattr(item, f"unpublish_at_{code}", None)
    refuse_unready(item, [code for code in LANGUAGES if _goes_out(item, code, now)])
    item.full_clean()
    item.save()
    return _steps(version or Version.objects.of(item).first(), Act.PUBLISH, by, moments, text)


@transaction.atomic
def withdraw(item, *, by, moments, text=""):
    """Ends the publication in the languages named: {code: moment or None for now}.

    Refuses ("nothing") where no language is named, ("not_out") a language in which it is not out, ("past") a moment that is
    over, ("too_early") an end before the beginning.
    """
    item = versions.lock(item)
    _refuse_others(item, by, Act.WITHDRAW)
    if not moments:
        raise ValidationError(_("Choose the language in which it is to be withdrawn."), code="nothing")
    versions.begin(item)
    now = timezone.now()
    for code, moment in moments.items():
        begins = getattr(item, f"publish_at_{code}")
        if not _goes_out(item, code, now):
            raise ValidationError(_("It is not published in this language."), code="not_out")
        if begins > now and not moment:
            # It was to come and does not come any more.
            setattr(item, f"publish_at_{code}", None)
            setattr(item, f"unpublish_at_{code}", None)
            continue
        if moment and moment < now:
            raise ValidationError(_("This moment is over: leave it empty to withdraw it now."), code="past")
        if moment and moment <= begins:
            raise ValidationError(_("It cannot end before it begins."), code="too_early")
        setattr(item, f"unpublish_at_{code}", moment or now)
    waiting = versions.open_of(item)
    item.save()
    if waiting is not None and not versions.is_out(item):
        # Nobody reads the rows any more: they hold the newest text from now on.
        versions.write_back(item, waiting.data)
    return _steps(Version.objects.of(item).first(), Act.WITHDRAW, by, moments, text)


@transaction.atomic
def drop(item, *, by, text=""):
    """Gives up what waits to be published; it stays among the versions and can be restored."""
    version = _begun(item, by, Act.DROP)
    return _step(version, Act.DROP, by, state=State.DROPPED, text=text)


@transaction.atomic
def restore(item, version, *, by):
    """Makes an earlier version's text the newest one; the public reads it once it is published."""
    item = versions.lock(item)
    _refuse_others(item, by, Act.RESTORE)
    versions.begin(item)
    made = versions.keep(item, version.data, by=by)
    if made is None:
        raise ValidationError(_("The public reads this text already."), code="same")
    if version.published_at is None:
        # Nobody read them for those who wrote them: they stay their authors' words, whoever takes them up again.
        made.authors.add(*version.authors.all())
    if not versions.is_out(item):
        versions.write_back(item, version.data)
    return _step(made, Act.RESTORE, by, text=str(version.number))


# What the acts share --------------------------------------------------------------------------------------------


def refuse_unready(item, languages):
    """Refuses to publish in languages in which the title is missing ("no_title"), something is to be filled in ("unfilled") or a
    link leads nowhere ("dead_link")."""
    for code in languages:
        if not getattr(item, f"title_{code}"):
            raise ValidationError(
                _("It has no title in this language, so it does not exist in it: %(language)s"),
                code="no_title", params={"language": LANGUAGE_NAMES[code]},
            )
        texts = [getattr(item, f"{name}_{code}", "") for name in TEXTS]
        for part in versions.PARTS[type(item)]:
            for row in part._base_manager.filter(**{versions.key_to(part, type(item)).name: item}):
                texts += [getattr(row, f"{name}_{code}", "") for name in PART_TEXTS]
        refuse_unfilled(*texts)
        refuse_dead(getattr(item, f"body_{code}"), page=item.get_absolute_url())


def _goes_out(item, code, at):
    begins, ends = getattr(item, f"publish_at_{code}"), getattr(item, f"unpublish_at_{code}")
    return bool(begins) and not (ends and ends <= at)


def _as_written(item, version):
    """The item as the version says it, unsaved; of its columns alone."""
    copy = type(item)(pk=item.pk)
    versions.set_columns(copy, versions.columns_of(type(item)), version.data["fields"])
    return copy


def _refuse_others(item, by, act, version=None):
    if not writes(by, item):
        raise PermissionDenied
    if act not in open_acts(item, by, version):
        raise ValidationError(REFUSALS.get(act, _("This cannot be done now: somebody may have been faster.")), code="not_now")


REFUSALS = {
    Act.APPROVE: _("It is approved by a reviewer who wrote none of it, when it waits for a review."),
    Act.SEND_BACK: _("It is sent back by a reviewer who wrote none of it, when it waits for a review or publication."),
    Act.SUBMIT: _("There is nothing that a review could be asked for."),
    Act.PUBLISH: _("Editors decide what is published."),
    Act.WITHDRAW: _("Editors decide what is withdrawn, and only what is published can be."),
}


def _begun(item, by, act):
    item = versions.lock(item)
    if not writes(by, item):
        raise PermissionDenied
    versions.begin(item)
    version = versions.open_of(item)
    _refuse_others(item, by, act, version)
    if version is None:
        raise ValidationError(_("There is nothing that a review could be asked for."), code="not_now")
    return version


def _steps(version, act, by, moments, text):
    """A step for each language; what was said stands beside the first, and one letter tells of all."""
    first, *others = list(moments.items()) or [("", None)]
    step = _step(version, act, by, text=text, language=first[0], moment=first[1])
    for code, moment in others:
        Step.objects.create(version=version, act=act, by=by, at=step.at, language=code, moment=moment)
    return step


def _step(version, act, by, *, state=None, text="", language="", moment=None, **more):
    text = text.strip()
    if len(text) > LONGEST_COMMENT:
        raise ValidationError(_("Say it in at most %(number)d letters."), code="too_long", params={"number": LONGEST_COMMENT})
    if state is not None:
        versions.move_to(version, state, **more)
    step = Step.objects.create(version=version, act=act, by=by, at=timezone.now(), text=text, language=language, moment=moment)
    review_letters.write(step)
    return step


# Whose turn it is -----------------------------------------------------------------------------------------------


@dataclass
class Task:
    """One item that waits for somebody: what is to be done, since when, and the version that it is about."""

    item: Any
    version: Version
    words: str
    since: datetime


def mine_to_do(user, *, with_others=False):
    """[Task] that wait for this user, the oldest first: to publish, to review, sent back to them, begun by them; `with_others`:
    what they wrote and others have to read or publish as well. Five queries."""
    if not user.edits_content:
        return []
    own = set(Version.objects.open().filter(authors=user).values_list("pk", flat=True))
    found = []
    for version in Version.objects.open().select_related("saved_by").order_by("since"):
        if version.state == State.APPROVED and user.publishes_content:
            words = _("Publish it")
        elif version.state == State.IN_REVIEW and user.reviews_content and version.pk not in own:
            words = _("Review it")
        elif version.state == State.RETURNED and version.pk in own:
            words = _("Sent back to you: change it")
        elif version.state == State.WRITING and version.pk in own:
            words = _("Go on writing")
        elif with_others and version.pk in own:
            words = version.get_state_display()
        else:
            continue
        found.append((version, words))
    items = {}
    for type_id in {version.content_type_id for version, _words in found}:
        model = ContentType.objects.get_for_id(type_id).model_class()
        keys = [version.object_id for version, _words in found if version.content_type_id == type_id]
        items[type_id] = model._base_manager.in_bulk(keys)
    return [
        Task(item, version, words, version.since)
        for version, words in found
        if (item := items[version.content_type_id].get(version.object_id))
    ]
