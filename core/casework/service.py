"""The use cases on cases behind one name: what doors, jobs and commands call. Adds nothing of its own."""

from __future__ import annotations

from core.casework import (
    acting,
    attaching,
    catalogue,
    code_lists,
    delivering,
    duplicates,
    explaining,
    firing,
    following,
    inspecting,
    opening,
    people,
    public,
    reading,
    receipting,
    reckoning,
    verifying,
)
from core.casework.office import Office
from core.casework.requests import Principal
from core.store import DEMO


class Casework(Office):
    """Built once with its services; each method is a use case of the module that it comes from."""

    open_case = opening.open_case
    act = acting.act
    preview = acting.preview
    follow = following.follow
    fire = firing.fire
    deliver = delivering.deliver
    try_notice = delivering.try_notice
    attach = attaching.attach
    read_attachment = attaching.read_attachment
    read_original = attaching.read_original
    list_cases = reading.list_cases
    list_my_tasks = reading.list_my_tasks
    get_case = reading.get_case
    get_contact = reading.get_contact
    list_events = reading.list_events
    list_tasks = reading.list_tasks
    list_actions = explaining.list_actions
    explain = explaining.explain
    find_duplicates = duplicates.find_duplicates
    duplicates_of = duplicates.duplicates_of
    list_localities = catalogue.list_localities
    list_cells = catalogue.list_cells
    locate = catalogue.locate
    list_categories = catalogue.list_categories
    get_category = catalogue.get_category
    list_code_lists = code_lists.list_code_lists
    list_standard_classes = code_lists.list_standard_classes
    list_posts = catalogue.list_posts
    list_organisations = catalogue.list_organisations
    list_people = people.list_people
    list_intake_kinds = catalogue.list_intake_kinds
    list_objects = catalogue.list_objects
    list_revisions = catalogue.list_revisions
    list_receipts = receipting.list_receipts
    mark_read = receipting.mark_read
    get_receipt = receipting.get_receipt
    latest = public.latest
    list_inspections = inspecting.list_inspections
    moving = reckoning.moving
    move = reckoning.move
    verify_log = verifying.verify_log
    verify_case = verifying.verify_case

    def token(self, secret: str) -> Principal | None:
        """Whom a token stands for, while it is good."""
        found = self.store.accounts.find(secret, self.clock.now())
        if found is None:
            return None
        return Principal(found.account_id, found.scopes, found.locality, demo=found.label == DEMO)

    def ready(self) -> bool:
        """Whether the database answers; compiles nothing."""
        self.store.localities()
        return True
