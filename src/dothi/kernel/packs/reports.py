"""What a pack declares of the city's hotline: one category of reports a file, with questions, answerer, clocks, script.

The questions follow the attributes of an Open311 GeoReport v2 service definition, so that a category can be given
out as one; their order is the order in which they are written.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, field

from dothi.kernel.packs.declarations import Declaration, Label

CategoryKey = Annotated[
    str,
    Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", description="Small letters and hyphens: street-lighting"),
]
QuestionKey = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", description="Small letters and underscores")
]
QuestionKind = Literal["string", "text", "number", "datetime", "singlevaluelist", "multivaluelist"]
Allowance = Annotated[
    str,
    Meta(
        pattern=r"^\d+ (working )?(minute|hour|day)s?$",
        description="For example '5 minutes', '5 days' or '1 working day'",
    ),
]
Priority = Literal["low", "normal", "high", "urgent"]
RoadOwner = Literal["national", "city", "ward", "private"]
"""Who keeps the road: the state, the city, the ward or commune, somebody private."""
PlaceKind = Literal["ward", "commune", "special-zone"]
LISTS: Final = frozenset({"singlevaluelist", "multivaluelist"})
GROUPS: Final = "report-groups"
"""The code list that holds the groups of categories."""
ORGANISATIONS: Final = "organisations"
ORGANISATION_KINDS: Final = "organisation-kinds"


class AnswerValue(Declaration, frozen=True, kw_only=True):
    """One answer that can be chosen."""

    value: QuestionKey
    label: Label


class Question(Declaration, frozen=True, kw_only=True):
    """One question to who reports, as an attribute of an Open311 service definition."""

    key: QuestionKey
    label: Label
    kind: QuestionKind
    required: bool = False
    values: tuple[AnswerValue, ...] = ()  # of lists only
    description: Label | None = None  # how to find out; Open311's datatype_description


class Responder(Declaration, frozen=True, kw_only=True):
    """Who answers: an organisation of the code list, or the organisation of a kind at the level of the place."""

    organisation: str | None = None
    level: Literal["ward", "city"] | None = None
    kind: str = "peoples-committee"  # with ``level`` only


class Condition(Declaration, frozen=True, kw_only=True):
    """When a row applies: every part that is written must hold; a part holds for any of its values."""

    place: tuple[str, ...] = ()  # codes of units
    place_kind: tuple[PlaceKind, ...] = ()
    road_owner: tuple[RoadOwner, ...] = ()
    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)  # question → any of these answers


class RoutingRow(Declaration, frozen=True, kw_only=True):
    """One row of a category's decision table; the first that applies decides each of the things it says."""

    key: CategoryKey
    note: Label  # why, for those who read the decision
    when: Condition = Condition()
    to: Responder | None = None
    priority: Priority | None = None
    answer: Allowance | None = None  # the time to answer in these cases


class ServiceNorm(Declaration, frozen=True, kw_only=True):
    """The clocks of a report: accepted, handed on, answered."""

    accept: Allowance = "1 working day"
    dispatch: Allowance = "5 minutes"
    answer: Allowance = "5 days"


class DuplicateSettings(Declaration, frozen=True, kw_only=True):
    """How far and how long apart two reports can be of one matter, and what a place means for this category.

    ``premises``: the house or shop decides, the neighbour's is another matter; ``spot``: a thing in the street;
    ``area``: something that spreads along a street. ``also``: categories under which the same matter is reported;
    it holds both ways, and is said by the pack that requires the other.
    """

    radius_m: Annotated[int, Meta(ge=5, le=2000)] = 50
    days: Annotated[int, Meta(ge=1, le=365)] = 7
    place: Literal["premises", "spot", "area"] = "spot"
    also: tuple[CategoryKey, ...] = ()


class ReportCategory(Declaration, frozen=True, kw_only=True):
    """reports/*.yaml: a kind of thing people report to the hotline."""

    key: CategoryKey
    group: str  # of the code list report-groups
    label: Label
    description: Label
    icon: str  # a maki icon's name
    responder: Responder
    script: Label  # what the operator says and asks
    words: tuple[str, ...]  # what people call it; search and routing fold diacritics themselves
    examples: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    rows: tuple[RoutingRow, ...] = ()
    priority: Priority = "normal"
    norm: ServiceNorm = ServiceNorm()
    duplicates: DuplicateSettings = DuplicateSettings()
    needs_place: bool = True  # whether a report without a place cannot be worked on
    public: bool = True  # whether reports are shown to everybody unless somebody decides otherwise
    basis: Label | None = None  # the law or decision behind the answer or its clock
