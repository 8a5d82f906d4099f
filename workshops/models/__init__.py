"""What the office organises, from the first plan to the report."""

from workshops.models.answer import Call, Consent, Deputy, Link, Needs
from workshops.models.attendance import AttendanceMark, SignedSheet
from workshops.models.certificate import Certificate
from workshops.models.learning import Answer, Form, Option, Question, Receipt, Submission
from workshops.models.letter import Letter, LetterStep, LetterTemplate
from workshops.models.nomination import NominationList, NominationRequest, Nominee
from workshops.models.plan import AgendaItem, AgendaSpeaker, AgendaVersion, ChecklistItem, Material, WorkshopDay
from workshops.models.registration import ActBatch, MOVES, Registration, State, StateChange, Via
from workshops.models.report import ExportRecord, ProjectIndicator
from workshops.models.workshop import Project, SeatAllocation, Workshop

__all__ = [
    "ActBatch",
    "AgendaItem",
    "AgendaSpeaker",
    "AgendaVersion",
    "Answer",
    "AttendanceMark",
    "Call",
    "Certificate",
    "ChecklistItem",
    "Consent",
    "Deputy",
    "ExportRecord",
    "Form",
    "Letter",
    "LetterStep",
    "LetterTemplate",
    "Link",
    "MOVES",
    "Material",
    "Needs",
    "NominationList",
    "NominationRequest",
    "Nominee",
    "Option",
    "Project",
    "ProjectIndicator",
    "Question",
    "Receipt",
    "Registration",
    "SeatAllocation",
    "SignedSheet",
    "State",
    "StateChange",
    "Submission",
    "Via",
    "Workshop",
    "WorkshopDay",
]
