"""Whom we know: organisations and their reforms, people, press contacts, and the lists they came from."""

from contacts.models.importing import Decision, ImportBatch, ImportRow, Verdict
from contacts.models.merge import PersonMerge
from contacts.models.organisation import Organisation, Succession
from contacts.models.person import NotDuplicate, Person, PersonEmail, PersonPhone, Position, Sex
from contacts.models.places import Level, Province
from contacts.models.press import PressContact
from contacts.models.privacy import Erasure, PersonExport, Purge

__all__ = [
    "Decision",
    "Erasure",
    "ImportBatch",
    "ImportRow",
    "Level",
    "NotDuplicate",
    "Organisation",
    "Person",
    "PersonEmail",
    "PersonExport",
    "PersonMerge",
    "PersonPhone",
    "Position",
    "PressContact",
    "Province",
    "Purge",
    "Sex",
    "Succession",
    "Verdict",
]
