"""What of a look-up one person may see: everybody shares the same answer of Azure, and each gets their part of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from azure_ops.models import BackupJob, Vault, VaultRef, VmRef
from bot.lookups.directory import Places
from bot.lookups.pages import Found, vm_of
from intents.choose import Ambiguous, Chosen, NotKnown, Place
from intents.grouping import only
from intents.policy import OperationName, Reach, Resource
from responses.cards.jobs import Trouble

# The tags of VMs, by their ARM ids without case.
Tags: TypeAlias = tuple[tuple[str, str], ...]
TagsOf: TypeAlias = Mapping[str, Tags]
NO_TAGS: Final[TagsOf] = {}


class OutOfReach(Exception):
    """Somebody's rights do not reach what they named, which is `resource`."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        super().__init__(f"{resource.vm or resource.vault or resource.subscription} is out of reach")


def resource_of(job: BackupJob, places: Places, tags: TagsOf = NO_TAGS, vm: VmRef | None = None) -> Resource:
    """What a grant can name of a job: where its vault is, the VM (if its item did not tell, by its container), tags."""
    vm = vm or vm_of(job)
    return resource_at(
        job.ref.vault, places, vm=vm.name if vm else job.item_name, tags=tags.get(vm.key, ()) if vm else ()
    )


def resource_at(ref: VaultRef, places: Places, *, vm: str, tags: Tags = ()) -> Resource:
    """The same for a VM by its name; `tags` are its own, beside those of its vault."""
    vault = places.vault(ref.key) or Vault(ref)
    return replace(place_of(vault, places), vm=vm, tags=vault.tags + tags)


def judged_for(resource: Resource, operation: OperationName, vm: VmRef | None) -> Resource:
    """What is removed belongs to the VM and its group; everything else is done to the vault."""
    is_removal = operation in ("remove-extension", "approve")
    return replace(resource, resource_group=vm.resource_group) if vm is not None and is_removal else resource


def place_of(place: Place, places: Places) -> Resource:
    """What a grant can name of a vault or a subscription."""
    if not isinstance(place, Vault):
        return Resource(subscription_id=place.id, subscription=place.name)
    ref = place.ref
    name = places.name_of(ref.subscription_id)
    return Resource(ref.subscription_id, name, ref.resource_group, ref.name, tags=place.tags)


def meant_by(meant: Chosen | Ambiguous | NotKnown, places: Places, reach: Reach) -> Chosen | Ambiguous | NotKnown:
    """What a name means to somebody who sees only part of all vaults. Raises OutOfReach for a place outside of it."""
    if isinstance(meant, Chosen):
        if meant.place is not None and not reach.may_cover_in(place_of(meant.place, places)):
            raise OutOfReach(place_of(meant.place, places))
        return meant
    offered = meant.places if isinstance(meant, Ambiguous) else meant.nearest
    seen = tuple(place for place in offered if reach.may_cover_in(place_of(place, places)))
    if isinstance(meant, NotKnown):
        return replace(meant, nearest=seen)
    if not seen:
        raise OutOfReach(place_of(offered[0], places))
    return Chosen(seen[0]) if len(seen) == 1 else Ambiguous(seen)


def seen_by(found: Found, reach: Reach, tags: TagsOf) -> Found:
    """The same without what is out of reach, and with a note that says how many jobs that leaves out."""
    if reach.is_everything:
        return found
    groups = only(found.groups, _Covers(found.places, reach, tags))
    hidden = _count(found) - sum(len(each.attempts) for each in groups)
    note = Trouble("azure.hidden_jobs", {"count": str(hidden)})
    return replace(found, groups=groups, problems=(note, *found.problems)) if hidden else found


def _count(found: Found) -> int:
    return sum(len(each.attempts) for each in found.groups)


class _Covers:
    """Whether a job is within reach; jobs of one item are judged once."""

    def __init__(self, places: Places, reach: Reach, tags: TagsOf) -> None:
        self._places, self._reach, self._tags = places, reach, tags
        self._known: dict[tuple[str, str, str], bool] = {}

    def __call__(self, job: BackupJob) -> bool:
        item = job.ref.vault.key, job.container, job.item_name
        if item not in self._known:
            self._known[item] = self._reach.covers(resource_of(job, self._places, self._tags))
        return self._known[item]
