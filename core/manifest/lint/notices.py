"""Lint of notices: places that nobody fills, templates that nobody wrote, notices that nothing delivers."""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding, item
from core.manifest.nearest import Suggestions
from core.messages import LANGUAGES
from core.scheme.scheme import Scheme
from core.scheme.workflow import PLACE, PLACES


def places(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A template with a place in braces that is none of those that are filled in."""
    written = documents.root("workflow")["templates"]
    for template in scheme.workflow.templates.values():
        text = item(written, template.id)["text"]
        for language in LANGUAGES:
            for name in PLACE.findall(text[language].value or ""):
                if name not in PLACES:
                    place = text[language].place()
                    yield finding("lint-template-place-unknown", place, name=name, known=", ".join(PLACES))


def templates(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A template that a notice names and a list of templates lacks; a scheme without any has its notices said by the
    kernel."""
    known = set(scheme.workflow.templates)
    if not known:
        return
    suggestions = Suggestions()
    for kind in documents.root("workflow")["case_kinds"]:
        for action in kind["actions"]:
            for effect in action["effects"]:
                named = effect["notify"]["template"]
                if named.value is not None and named.value not in known:
                    near = suggestions.meant(named.value, known)
                    yield finding("lint-template-unknown", named.place(), template=named.value, nearest=near)


def undelivered(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """Plugins are used, somebody is to be told, and none of the plugins tells."""
    extensions = scheme.extensions
    if extensions.versions and not extensions.deliver_notice and _tells(scheme):
        yield finding("lint-notices-only-logged", documents.root("locality")["plugins"].place())


def _tells(scheme: Scheme) -> bool:
    actions = (action for kind in scheme.workflow.case_kinds.values() for action in kind.actions.values())
    return (
        any(effect.kind == "notify" for action in actions for effect in action.effects)
        or any(reaching.notify for limit in scheme.timers.limits.values() for reaching in limit.reaches)
        or bool(scheme.timers.cadences)
    )
