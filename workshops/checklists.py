"""The checklist of a workshop: what there is to prepare, due so many days from the first one, and who ticked it."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workshops import standing
from workshops.models import ChecklistItem

Fact = ChecklistItem.Fact

# What a workshop of the office needs as a rule: days from the first day, English, Mongolian, the fact that ticks it.
USUAL = [
    (-75, "Concept note approved, with budget line and project code", "Үзэл баримтлал, төсвийн мөр, төслийн кодыг батлуулах", ""),
    (-60, "Days fixed with the main institution", "Гол байгууллагатай тохирч өдрийг тогтоох", Fact.DATES),
    (-50, "Venue booked: step-free access, lift, a room for groups", "Байрыг захиалах: саадгүй орц, цахилгаан шат, багийн өрөө", Fact.VENUE),
    (-45, "Seats shared out among the institutions", "Суудлыг байгууллагуудад хуваарилах", Fact.SEATS),
    (-42, "Letters to the ministries and agencies sent", "Яам, агентлагуудад албан бичиг илгээх", Fact.ASKED),
    (-28, "Interpreters and equipment booked", "Орчуулагч, тоног төхөөрөмжийг захиалах", ""),
    (-21, "Nominations of all institutions received", "Бүх байгууллагаас нэр дэвшүүлсэн хариуг авах", Fact.ANSWERED),
    (-14, "Programme published", "Хөтөлбөрийг нийтлэх", Fact.PROGRAMME),
    (-14, "Travel and allowance of officials from the provinces arranged", "Орон нутгаас ирэх албан хаагчдын зам хоног, томилолтыг шийдэх", ""),
    (-10, "Joining instructions sent to all who come", "Оролцогч бүрт ирэх зааврыг илгээх", Fact.JOINING),
    (-7, "Test before and evaluation prepared", "Өмнөх сорил, үнэлгээний хуудсыг бэлтгэх", Fact.TESTS),
    (-5, "Diet and access needs passed on to the venue", "Хоолны болон хүртээмжийн хэрэгцээг байранд дамжуулах", ""),
    (-1, "Badges, name tents and sign-in sheets printed", "Энгэрийн тэмдэг, ширээний нэр, гарын үсгийн хуудсыг хэвлэх", ""),
    (0, "Sign about photographs put up in the room", "Зураг авах тухай анхааруулгыг танхимд байрлуулах", ""),
    (2, "Attendance complete, signed sheets scanned", "Ирцийг бүрэн бүртгэж, гарын үсэгтэй хуудсыг сканнердах", Fact.ATTENDANCE),
    (3, "News item published", "Мэдээг нийтлэх", Fact.NEWS),
    (5, "Certificates signed and issued", "Гэрчилгээнд гарын үсэг зуруулж, олгох", Fact.CERTIFICATES),
    (5, "Letters of thanks to speakers and host", "Илтгэгчид, хүлээн авсан байгууллагад талархал илгээх", ""),
    (30, "Report sent to the donor", "Тайланг хандивлагчид илгээх", Fact.REPORT),
    (120, "Participants asked what they have applied", "Оролцогчдоос юуг хэрэгжүүлснийг асуух", ""),
]  # fmt: skip


@transaction.atomic
def begin(workshop, *, by):
    """Gives a workshop the usual checklist and returns its items; one that has a checklist keeps it as it is."""
    type(workshop).objects.select_for_update(no_key=True).get(pk=workshop.pk)
    present = list(workshop.checklist.all())
    if present:
        return present
    return ChecklistItem.objects.bulk_create(
        ChecklistItem(workshop=workshop, offset_days=days, title_en=english, title_mn=mongolian, fact=fact, order=order)
        for order, (days, english, mongolian, fact) in enumerate(USUAL)
    )


@transaction.atomic
def add(workshop, *, by, **details):
    """One more thing to prepare; the same one added a moment ago (same words, same day) is no second one."""
    twin = workshop.checklist.filter(done_at=None, **details).first()
    if twin is not None:
        return twin
    item = ChecklistItem(workshop=workshop, **details)
    item.full_clean()
    item.save()
    return item


@transaction.atomic
def edit(item, *, by, **details):
    """Changes the words, the day or the fact of an item and returns it fresh."""
    item = _locked(item)
    for name, value in details.items():
        setattr(item, name, value)
    item.full_clean()
    item.save()
    return item


@transaction.atomic
def tick(item, *, by, at=None):
    """Says that it is done, by whom and when; what is ticked stays as it was ticked first."""
    item = _locked(item)
    if item.done_at is None:
        item.done_at, item.done_by = at or timezone.now(), by
        item.save()
    return item


@transaction.atomic
def untick(item, *, by):
    """Takes the tick of a person back. What the portal sees done by itself cannot be unticked: it is never stored."""
    item = _locked(item)
    if item.done_at is not None:
        item.done_at = item.done_by = None
        item.save()
    return item


@transaction.atomic
def remove(item, *, by):
    """Takes an item off the list; refuses one that somebody ticked ("done"): what was done stays readable."""
    item = _locked(item)
    if item.done_at is not None:
        raise ValidationError(_("It is done: untick it first if it shall go."), code="done")
    item.delete()


def _locked(item):
    return ChecklistItem.objects.select_for_update(no_key=True).select_related("workshop").get(pk=item.pk)


# What the page shows -------------------------------------------------------------------------------------------


@dataclass
class Row:
    """An item with its day. `seen` where the portal itself sees it done; `late` in days, None where no day is known; `at_once`
    where the day lay before the workshop was created."""

    item: ChecklistItem
    due_on: object
    seen: bool
    late: int | None
    at_once: bool = False

    @property
    def is_done(self):
        return self.seen or self.item.done_at is not None

    @property
    def is_overdue(self):
        return not self.is_done and self.late is not None and self.late > 0

    @property
    def distance(self):
        return abs(self.item.offset_days)


def rows_of(stands):
    """The checklist of a workshop as it stands, in the order in which things are due."""
    found = []
    for item in stands.checklist:
        due_on = stands.due_on(item)
        seen = bool(item.fact) and stands.sees(item.fact)
        found.append(Row(item, due_on, seen, (stands.today - due_on).days if due_on else None, stands.was_due_before(item)))
    return found


def rows(workshop):
    return rows_of(standing.of_one(workshop))
