"""What the country office is, does and publishes."""

from office.models.data import Comparison, Indicator, IndicatorPoint, Resource, ResourceFile
from office.models.desk import Editing, PreviewLink, Step, Version
from office.models.fact import LoadedFact
from office.models.language import SaidTheSame
from office.models.link import LinkCheck
from office.models.newsroom import ChangeNote, NewsContact, NewsItem, Quote
from office.models.opportunity import Opportunity, OpportunityFile
from office.models.page import ActionLink, CountryOffice, Page, Redirect
from office.models.picture import NewsPicture, Picture
from office.models.programme import CompactObjective, Goal, Target, WorkArea

__all__ = [
    "ActionLink",
    "ChangeNote",
    "CompactObjective",
    "Comparison",
    "CountryOffice",
    "Editing",
    "Goal",
    "Indicator",
    "IndicatorPoint",
    "LinkCheck",
    "LoadedFact",
    "NewsContact",
    "NewsItem",
    "NewsPicture",
    "Opportunity",
    "OpportunityFile",
    "Page",
    "Picture",
    "PreviewLink",
    "Quote",
    "Redirect",
    "Resource",
    "ResourceFile",
    "SaidTheSame",
    "Step",
    "Target",
    "Version",
    "WorkArea",
]
