"""ARM ids, taken apart strictly: exact segments, allowed characters, nothing that could lead elsewhere.

Whatever comes back from a button, an alert or a header goes through here before Azure is asked about it. An id that is
not exactly of its kind is None, never an error.
"""

import re
from functools import lru_cache
from typing import Final

from azure_ops.errors import UnexpectedAnswer
from azure_ops.models import ItemRef, JobRef, VaultRef, VmRef
from azure_ops.reasons import Why

# Longer than any id of the kinds below can be.
_LONGEST: Final = 1_000
_GUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
# A group's name may hold letters of any script and does not end in a full stop; one of full stops alone is a way up.
_GROUP: Final = r"(?=[^/]*[^/.])[\w.()-]{0,89}[\w()-]"
_VAULT: Final = r"[A-Za-z][A-Za-z0-9-]{0,49}"
_VM: Final = r"(?=[^/]*[^/.])[\w.-]{1,80}"
_JOB: Final = r"[A-Za-z0-9][A-Za-z0-9-]{0,63}"
_FABRIC: Final = r"[A-Za-z0-9][A-Za-z0-9 ]{0,63}"
# Containers and items carry names of VMs, servers and databases ("SQLDataBase;MSSQLSERVER;my db"). No percent sign, no
# slash of either kind, no question mark and no number sign: nothing that a URL reads as something else.
_PART: Final = r"(?=[^/]*[^/. ])[\w .;:,()\[\]{}@$!+=~&'-]{1,300}"
_JOBS: Final = "/backupjobs"
# In front of a container's name in ids; a job's own field leaves it out.
CONTAINER_PREFIX: Final = "iaasvmcontainer;"


def _path(*words_and_names: str) -> str:
    """A pattern of fixed words in any case of ASCII, each followed by the pattern of the name below it."""
    words, names = words_and_names[::2], words_and_names[1::2]
    return "".join(f"/(?ai:{word})/({name})" for word, name in zip(words, names, strict=True))


_GROUP_PATH: Final = _path("subscriptions", _GUID, "resourceGroups", _GROUP)
_VAULT_PATH: Final = _GROUP_PATH + _path(r"providers/Microsoft\.RecoveryServices/vaults", _VAULT)
_VAULT_ID: Final = re.compile(_VAULT_PATH)
_ITEM_ID: Final = re.compile(
    _VAULT_PATH + _path("backupFabrics", _FABRIC, "protectionContainers", _PART, "protectedItems", _PART)
)
_VM_ID: Final = re.compile(_GROUP_PATH + _path(r"providers/Microsoft\.Compute/virtualMachines", _VM))
_COMPUTE_LOCATION: Final = re.compile(
    _path("subscriptions", _GUID, r"providers/Microsoft\.Compute/locations", "[A-Za-z0-9]{1,60}")
)
_SUBSCRIPTION: Final = re.compile(_GUID)
_JOB_NAME: Final = re.compile(_JOB)
_EXTENSION_NAME: Final = re.compile(_VM)
_OPERATION_NAME: Final = re.compile(r"(?=[^/]*[^/.])[\w.;=-]{1,200}", re.ASCII)


def is_subscription(text: str) -> bool:
    """Whether the text is a subscription's id, a GUID."""
    return _SUBSCRIPTION.fullmatch(text) is not None


def is_job_name(text: str) -> bool:
    """Whether the text may be a job's id: letters, digits and hyphens, at most 64."""
    return _JOB_NAME.fullmatch(text) is not None


def is_extension_name(text: str) -> bool:
    """Whether the text may name an extension of a VM."""
    return _EXTENSION_NAME.fullmatch(text) is not None


def is_operation_name(text: str) -> bool:
    """Whether the text may be the id of a long-running operation."""
    return _OPERATION_NAME.fullmatch(text) is not None


@lru_cache(maxsize=4_096)
def parse_vault(path: str) -> VaultRef | None:
    """`/subscriptions/GUID/resourceGroups/G/providers/Microsoft.RecoveryServices/vaults/V`, its words in any case."""
    found = _VAULT_ID.fullmatch(path) if len(path) <= _LONGEST else None
    return VaultRef(*found.groups()) if found else None


def parse_job(path: str) -> JobRef | None:
    """A vault's id with `/backupJobs/ID`."""
    above, _, name = path.rpartition("/")
    cut = len(above) - len(_JOBS)
    if not is_job_name(name) or cut < 0 or above[cut:].lower() != _JOBS or not above[cut:].isascii():
        return None
    vault = parse_vault(above[:cut])
    return JobRef(vault, name) if vault else None


def parse_item(path: str) -> ItemRef | None:
    """A vault's id with `/backupFabrics/F/protectionContainers/C/protectedItems/I`."""
    found = _ITEM_ID.fullmatch(path) if len(path) <= _LONGEST else None
    if not found:
        return None
    subscription, group, vault, *inside = found.groups()
    return ItemRef(VaultRef(subscription, group, vault), *inside)


def parse_vm(path: str) -> VmRef | None:
    """`/subscriptions/GUID/resourceGroups/G/providers/Microsoft.Compute/virtualMachines/VM`, its words in any case."""
    found = _VM_ID.fullmatch(path) if len(path) <= _LONGEST else None
    return VmRef(*found.groups()) if found else None


def compute_location(scope: str) -> tuple[str, str] | None:
    """Subscription and location of `/subscriptions/GUID/providers/Microsoft.Compute/locations/L`."""
    found = _COMPUTE_LOCATION.fullmatch(scope) if len(scope) <= _LONGEST else None
    return (found[1], found[2]) if found else None


def checked(ref: VaultRef | JobRef | ItemRef | VmRef) -> None:
    """UnexpectedAnswer for a reference that no id of Azure's gives: it is never asked about."""
    if isinstance(ref, VaultRef):
        same: object = parse_vault(ref.path)
    elif isinstance(ref, JobRef):
        same = parse_job(ref.path)
    elif isinstance(ref, ItemRef):
        same = parse_item(ref.path)
    else:
        same = parse_vm(ref.path)
    if same != ref:
        raise UnexpectedAnswer(where=ref.path[:300], why=Why.NOT_AN_ID)
