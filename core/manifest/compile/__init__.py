"""From documents without errors to the scheme. One module a manifest kind; each only translates."""

from __future__ import annotations

from core.errors import Finding
from core.manifest.compile.categories import compile_categories
from core.manifest.compile.dispatch import compile_dispatch
from core.manifest.compile.expressions import Expressions, compile_expressions
from core.manifest.compile.grid import compile_building_index, compile_cell_index, compile_grid
from core.manifest.compile.locality import compile_locality
from core.manifest.compile.meaning import meaning
from core.manifest.compile.registry import compile_registry
from core.manifest.compile.roster import compile_roster
from core.manifest.compile.timers import compile_timers
from core.manifest.compile.workflow import compile_workflow
from core.manifest.counts import count
from core.manifest.digest import canonical_digest
from core.manifest.document import Table
from core.manifest.documents import Documents
from core.scheme.extensions import Extensions
from core.scheme.scheme import Scheme

__all__ = ["Expressions", "compile_expressions", "compile_scheme"]


def compile_scheme(
    documents: Documents, expressions: Expressions, source_digest: str, extensions: Extensions
) -> tuple[Scheme, list[Finding]]:
    """The scheme of documents that have passed every check without an error; findings are what only counting shows.

    `extensions` is what the documents use of their plugins.
    """
    locality = compile_locality(documents.root("locality"))
    parameters = locality.parameters
    grid = compile_grid(documents.root("grid"), _table(documents, "grid", "cells"))
    roster, findings = compile_roster(documents.root("roster"), grid, parameters)
    codes = compile_categories(
        documents.root("categories"),
        _table(documents, "categories", "classes"),
        documents.table("categories", "filing_conditions"),
        documents.table("categories", "closing_conditions"),
        documents.table("categories", "mappings"),
        documents.root("locality")["code_list"].value,
    )
    registry = compile_registry(documents.root("registry"), documents.table("registry", "objects"))
    workflow = compile_workflow(documents.root("workflow"), documents.root("categories")["checklists"], expressions)
    dispatch = compile_dispatch(
        documents.root("dispatch"), documents.root("grid"), _table(documents, "dispatch", "rules"), expressions
    )
    scheme = Scheme(
        digest=canonical_digest(meaning(documents, extensions)),
        source_digest=source_digest,
        locality=locality,
        grid=grid,
        roster=roster,
        codes=codes,
        registry=registry,
        workflow=workflow,
        dispatch=dispatch,
        timers=compile_timers(
            documents.root("timers"), parameters, expressions, locality.time_zone, extensions.holidays, dispatch.pools
        ),
        cell_index=compile_cell_index(documents.features(), grid),
        building_index=compile_building_index(documents.table("grid", "buildings")),
        counts=count(grid, roster, codes, registry, workflow, dispatch),
        extensions=extensions,
    )
    return scheme, findings


def _table(documents: Documents, kind: str, named_by: str) -> Table:
    return documents.table(kind, named_by) or Table(documents.file_named(kind, named_by), (), ())
