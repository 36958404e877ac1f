"""Which grants let people do an operation to a resource, here or only in other channels; and whom a grant names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from intents.policy import Actor, Grant, OperationName, Reason, Resource, decide, reach

# Somebody whom no grant names in truth; with the grant rewritten to name them, the policy itself says what it covers.
_SOMEBODY: Final = "somebody"
_NO_GRANT: Final[frozenset[Reason]] = frozenset(
    {"nobody-granted", "deactivated", "unknown-person", "bot-not-named", "guest-not-named", "foreign-not-named"}
)


@dataclass(frozen=True, slots=True)
class Holders:
    """The grants that allow it `here`, and those that would in their own channels, in the order in which they stand."""

    here: tuple[Grant, ...]
    elsewhere: tuple[Grant, ...]


def holders(operation: OperationName, resource: Resource | None, channel: str, grants: Sequence[Grant]) -> Holders:
    """Who holds this right; without a resource, every grant that has the operation for anything at all."""
    reasons = [(grant, _reason(grant, operation, resource, channel)) for grant in grants if grant.users or grant.groups]
    return Holders(
        tuple(grant for grant, reason in reasons if reason == "allowed"),
        tuple(grant for grant, reason in reasons if reason == "not-this-channel"),
    )


def holds_any(actor: Actor, grants: Sequence[Grant]) -> bool:
    """Whether a person holds any grant, whatever it is for; groups that Slack does not list do not count."""
    known = replace(actor, unread_groups=frozenset())
    return decide(known, "look-up", Resource(), "", grants).reason not in _NO_GRANT


def scope_of(grant: Grant) -> tuple[tuple[str, str], ...]:
    """What a grant is limited to: kinds with their patterns, such as ("vaults", "vault-prod*"); empty for all."""
    scope = [
        ("subscriptions", grant.subscriptions),
        ("resource_groups", grant.resource_groups),
        ("vaults", grant.vaults),
        ("vms", grant.vms),
        ("tags", tuple(f"{name}={pattern}" for name, pattern in grant.tags)),
    ]
    return tuple((kind, ", ".join(patterns)) for kind, patterns in scope if patterns)


def _reason(grant: Grant, operation: OperationName, resource: Resource | None, channel: str) -> Reason:
    named, somebody = [replace(grant, users=frozenset({_SOMEBODY}))], Actor(_SOMEBODY)
    if resource is None:
        return reach(somebody, operation, channel, named).decision.reason
    return decide(somebody, operation, resource, channel, named).reason
