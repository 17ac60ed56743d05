"""Case kinds: tracks, stages, actions and what each action does. Data only; `core.engine` runs it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from core.expression import Expression
from core.scheme.label import Label
from core.scheme.roster import Reach


@dataclass(frozen=True, slots=True)
class Stage:
    """A place on a track. `final` ends the track; a case is closed when every entered track stands on a final stage."""

    id: str
    label: Label
    meaning: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Track:
    """One line of a case (主线, 暗线). A track that no action has entered yet has no stage."""

    id: str
    label: Label
    meaning: str
    stages: Mapping[str, Stage]


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may take an action: a role, how far it reaches (None: the role's own reach), and optionally only while a
    duty mode holds. Permission is decided by today's scheme, not by the one that the case pinned."""

    role: str
    reach: Reach | None = None
    duty_mode: str | None = None


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """What must accompany an action, e.g. at least one photo taken before (`meaning` before or after)."""

    kind: str  # photo, document, audio
    meaning: str
    minimum: int = 1


@dataclass(frozen=True, slots=True)
class Effect:
    """One of `core.scheme.meaning.EFFECTS` with its arguments, already checked against the scheme.

    Arguments by kind (values are ids unless said otherwise; `target` see `Target`):
      move {track, stage}                open_task {task, target, co_targets?}   assign_task {task, target}
      close_task {task}                  start_clock / stop_clock / pause_clock / resume_clock {limit}
      set_fact {fact, value | input | expression}                                count {counter}
      request_approval {approval, target}   link_case {relation, input}          notify {target, template}
      enter_object {kind, input}         update_object {status}
      raise_alert / lower_alert {level | input}      extend_clock {limit}
      answer_approval {approval, answer}             answer_card {card}
      correct {category?, cell?}  (names of inputs)  open_case {intake, category | category_input}
    """

    kind: str
    arguments: Mapping[str, Any]
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a task or a notice goes to.

    dispatch               the dispatch decision for this case
    input                  what the action's input names, under `value`
    actor | reporter       the account that acts, that reported
    post                   holders of post `value` in the case's cell or the nearest ancestor that has the post
    organisation           organisation `value`
    object                 `value` is owner, maintainer or competent: that unit of the case's object
    task                   the owner of the case's task `value`
    pool                   whoever may claim from pool `value`
    overlay                the organisation of the area of overlay `value` in which the case's cell lies
    elsewhere              a holder of post `value` in a cell that does not lie in the case's cell of tier `across`
    """

    kind: str
    value: str | None = None
    across: str | None = None


@dataclass(frozen=True, slots=True)
class Joint:
    """Several share a task: the lead (if any) and each member get a share of their own, `task`, `task_1`, `task_2` …

    `done_when` says when the whole is done: `all` shares are closed, `any` of them, or the `lead`'s.
    """

    task: str
    members: tuple[Target, ...]
    lead: Target | None = None
    done_when: Literal["all", "any", "lead"] = "all"


@dataclass(frozen=True, slots=True)
class ChecklistUse:
    """An action that fills in checklist `id`. Each field of `findings` that is answered no opens a linked case of its
    class by intake kind `intake`."""

    id: str
    intake: str
    findings: Mapping[str, str] = field(default_factory=dict)  # field -> class


@dataclass(frozen=True, slots=True)
class RatingRule:
    """A mark from `minimum` to `maximum`, to be given within so many days of closing (None: at any time)."""

    minimum: int
    maximum: int
    within_days: int | None = None


@dataclass(frozen=True, slots=True)
class Recurrence:
    """What counts as the same trouble again: same class, so near, so soon after closing."""

    within_metres: float
    within_days: int


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a person, another track or a timer does to a case.

    `track` is the one track it stands on; `sources` the stages it may be taken from (empty for one that enters the
    track); `to` the stage that it leads to (None: stays). `opens` marks the actions that open a case of this kind.
    `automatic` ones are never offered to people. `inputs` is a JSON Schema 2020-12 for what the actor fills in.
    """

    id: str
    label: Label
    meaning: str
    track: str
    sources: frozenset[str]
    to: str | None = None
    opens: bool = False
    automatic: bool = False
    handles: bool = False  # its actor counts as a handler of the case
    checks: bool = False  # the checker policy applies to its actor
    who: tuple[Grant, ...] = ()
    guard: Expression | None = None
    evidence: tuple[EvidenceRule, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()
    joint: Joint | None = None
    checklist: ChecklistUse | None = None
    rating: RatingRule | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """How tracks touch: after action `after` (of any track) has been taken, `action` is taken by the system, when its
    guard and its stage allow; otherwise it is skipped and the explanation says so."""

    after: str
    action: str
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class CheckerPolicy:
    """Verification integrity: who may not check. `waived` is the reason when a district lifts either."""

    not_reporter: bool = True
    not_handler: bool = True
    waived: str | None = None


@dataclass(frozen=True)
class CaseKind:
    """A workflow. The checker policy applies to the actions that say `checks`. `purpose` is what such cases are for: an
    ordinary case, a patrol, an inspection or an appeal."""

    id: str
    label: Label
    tracks: Mapping[str, Track]
    actions: Mapping[str, Action]
    reactions: tuple[Reaction, ...] = ()
    checker_policy: CheckerPolicy = CheckerPolicy()
    facts: Mapping[str, str] = field(default_factory=dict)  # name -> expression type
    recurrence: Recurrence | None = None
    photos_within: float | None = None  # metres between the photos before and after; None: they are not compared
    origin: str = "demo"
    purpose: Literal["case", "patrol", "inspection", "appeal"] = "case"

    @cached_property
    def reactions_after(self) -> Mapping[str, tuple[Reaction, ...]]:
        found: dict[str, list[Reaction]] = {}
        for reaction in self.reactions:
            found.setdefault(reaction.after, []).append(reaction)
        return {action: tuple(reactions) for action, reactions in found.items()}


@dataclass(frozen=True, slots=True)
class IntakeKind:
    """What a caller comes with (咨询, 投诉, 建议 ...): a case kind, its channels and the action that opens it."""

    id: str
    label: Label
    meaning: str
    case_kind: str
    opening: str
    channels: tuple[str, ...] = ()
    public: bool = False
    origin: str = "demo"


PLACES = ("case_number", "case_kind", "category", "cell", "severity", "due")
"""What a template may have filled in, written in braces: the case's number, the labels of its kind, class, cell and
severity, and when its next clock falls due by the district's time."""
PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """What a notice says, in one line. `text` may have `PLACES`."""

    id: str
    label: Label
    text: Label


@dataclass(frozen=True)
class Workflow:
    case_kinds: Mapping[str, CaseKind]
    intake_kinds: Mapping[str, IntakeKind]
    channels: Mapping[str, Label] = field(default_factory=dict)
    severities: Mapping[str, Label] = field(default_factory=dict)  # in rising order
    templates: Mapping[str, Template] = field(default_factory=dict)
