"""What the office organises, from the first plan to the last place."""

from workshops.models.nomination import NominationList
from workshops.models.registration import ActBatch, MOVES, Registration, State, StateChange, Via
from workshops.models.workshop import Project, SeatAllocation, Workshop

__all__ = [
    "ActBatch",
    "MOVES",
    "NominationList",
    "Project",
    "Registration",
    "SeatAllocation",
    "State",
    "StateChange",
    "Via",
    "Workshop",
]
