"""May this person do this to this resource, here: yes, no with the reason, or only with a second person's yes.

Default deny: a decision says yes only because of one grant, and names it. Nothing here reads a clock, a network or a
database; who belongs to which group, and what a resource is, is handed in fresh for every decision.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from intents.patterns import holds, matches_any

OperationName = Literal[
    "look-up", "handle-incidents", "retry-backup", "cancel-job", "remove-extension", "approve", "manage-routes",
    "read-audit",
]  # fmt: skip
Role = Literal["reader", "operator", "remediator", "approver", "admin"]
Reason = Literal[
    "allowed", "nobody-granted", "not-this-operation", "not-this-resource", "not-this-channel",
    "deactivated", "bot-not-named", "guest-not-named", "foreign-not-named", "own-request",
    "unknown-person", "unknown-groups",
]  # fmt: skip

OPERATIONS: Final[tuple[OperationName, ...]] = (
    "look-up", "handle-incidents", "retry-backup", "cancel-job", "remove-extension", "approve", "manage-routes",
    "read-audit",
)  # fmt: skip
ROLES: Final[Mapping[Role, frozenset[OperationName]]] = {
    "reader": frozenset({"look-up"}),
    "operator": frozenset({"look-up", "handle-incidents", "retry-backup", "cancel-job"}),
    "remediator": frozenset({"look-up", "handle-incidents", "retry-backup", "cancel-job", "remove-extension"}),
    "approver": frozenset({"look-up", "approve"}),
    "admin": frozenset(OPERATIONS),
}
NEEDS_APPROVAL: Final[frozenset[OperationName]] = frozenset({"remove-extension"})


@dataclass(frozen=True, slots=True)
class Actor:
    """A person of Slack as Slack describes them now. `groups` are the ids of the user groups that they are in.

    `unread_groups` are those of which Slack did not say who is in them; `is_unknown` is somebody whom it did not
    describe at all: what is unknown is not allowed.
    """

    user: str
    groups: frozenset[str] = frozenset()
    is_bot: bool = False
    is_deactivated: bool = False
    is_guest: bool = False
    is_foreign: bool = False
    unread_groups: frozenset[str] = frozenset()
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """What an operation is about; empty fields are unknown or do not apply. Tags are those of the VM and its vault."""

    subscription_id: str = ""
    subscription: str = ""
    resource_group: str = ""
    vault: str = ""
    vm: str = ""
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may do what, to what, and where. Empty lists of scope and channels mean any; `users` may not be everybody.

    Patterns know `*` and `?` and compare without case. A field that the grant names and the resource does not have
    does not match: what is unknown is not allowed.
    """

    name: str
    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    operations: frozenset[OperationName] = frozenset()
    subscriptions: tuple[str, ...] = ()
    resource_groups: tuple[str, ...] = ()
    vaults: tuple[str, ...] = ()
    vms: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    channels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """`grant` is the name of the one that allows it, or of the one that came nearest; `who_can` may grant it."""

    is_allowed: bool
    reason: Reason
    grant: str = ""
    needs_approval: bool = False
    who_can: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Reach:
    """Of all there is, what one person may do one operation to, in one place. `decision` says whether to anything."""

    decision: Decision
    grants: tuple[Grant, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether one of the grants has no scope at all."""
        return any(not _has_scope(grant) for grant in self.grants)

    @property
    def needs_tags(self) -> bool:
        """Whether a decision about one resource may rest on its tags."""
        return not self.is_everything and any(grant.tags for grant in self.grants)

    def covers(self, resource: Resource) -> bool:
        """Whether this resource is within it."""
        return any(holds(grant, resource) for grant in self.grants)

    def may_cover_in(self, place: Resource) -> bool:
        """Whether something inside a vault or a subscription may be within it."""
        return any(_is_in_place(grant, place) for grant in self.grants)


def decide(
    actor: Actor,
    operation: OperationName,
    resource: Resource,
    channel: str,
    grants: Sequence[Grant],
    *,
    requested_by: str = "",
) -> Decision:
    """The decision, from the grants as they are now.

    `channel` is the id where it is asked (empty: the command line). `requested_by` is whose request an approval is for.
    """
    if operation == "approve" and requested_by == actor.user:
        return _no("own-request", grants)
    return _decided(actor, operation, resource, channel, grants)


def reach(actor: Actor, operation: OperationName, channel: str, grants: Sequence[Grant]) -> Reach:
    """What all that a person may do an operation to here, from the grants as they are now; for a list to be cut by."""
    decision = _decided(actor, operation, None, channel, grants)
    if not decision.is_allowed:
        return Reach(decision)
    fitting = (grant for grant in grants if _judge(grant, actor, operation, None, channel)[1] == "allowed")
    return Reach(decision, tuple(fitting))


def who_can(
    actors: Iterable[Actor], operation: OperationName, resource: Resource, channel: str, grants: Sequence[Grant]
) -> list[tuple[Actor, Decision]]:
    """Everyone of `actors` with the decision for them, those who may first."""
    told = [(actor, decide(actor, operation, resource, channel, grants)) for actor in actors]
    return sorted(told, key=lambda pair: (not pair[1].is_allowed, pair[0].user))


def _decided(
    actor: Actor, operation: OperationName, resource: Resource | None, channel: str, grants: Sequence[Grant]
) -> Decision:
    """Yes by the first grant that allows it, else no by the one that came nearest; no resource means any."""
    if actor.is_deactivated:
        return _no("deactivated", grants)
    if actor.is_unknown:
        return _no("unknown-person", grants)
    nearest: tuple[int, Reason, str] = (0, "nobody-granted", "")
    for grant in grants:
        rank, reason = _judge(grant, actor, operation, resource, channel)
        if reason == "allowed":
            return Decision(True, "allowed", grant.name, operation in NEEDS_APPROVAL)
        if rank > nearest[0]:
            nearest = rank, reason, grant.name
    return _no(nearest[1], grants, nearest[2])


def _judge(
    grant: Grant, actor: Actor, operation: OperationName, resource: Resource | None, channel: str
) -> tuple[int, Reason]:
    """How far one grant goes for this: a higher rank came nearer to a yes, so its reason is the one to tell."""
    who = _who(grant, actor)
    if who in ("nobody-granted", "bot-not-named", "guest-not-named", "foreign-not-named"):
        return (0 if who == "nobody-granted" else 1), who
    if operation not in grant.operations:
        return 2, "not-this-operation"
    if resource is not None and not holds(grant, resource):
        return 3, "not-this-resource"
    if grant.channels and channel not in grant.channels:
        return 4, "not-this-channel"
    # Everything else fits, so whether they are in the group is what the answer hangs on.
    return (6, "allowed") if who == "allowed" else (5, who)


def _who(grant: Grant, actor: Actor) -> Reason:
    """Whether a grant is for somebody at all."""
    if actor.user in grant.users:
        return "allowed"
    is_member = bool(actor.groups & grant.groups)
    if not is_member and not actor.unread_groups & grant.groups:
        return "nobody-granted"
    return _only_by_name(actor) or ("allowed" if is_member else "unknown-groups")


def _only_by_name(actor: Actor) -> Reason | None:
    """Why a group is not enough for some: its members change without anyone here looking."""
    if actor.is_bot:
        return "bot-not-named"
    if actor.is_foreign:
        return "foreign-not-named"
    return "guest-not-named" if actor.is_guest else None


def _has_scope(grant: Grant) -> bool:
    return any((grant.subscriptions, grant.resource_groups, grant.vaults, grant.vms, grant.tags))


def _is_in_place(grant: Grant, place: Resource) -> bool:
    """Whether nothing that is known of a place rules a grant out; a subscription has no vault and no group yet."""
    return (
        (not grant.subscriptions or matches_any(grant.subscriptions, place.subscription_id, place.subscription))
        and (
            not grant.resource_groups
            or not place.resource_group
            or matches_any(grant.resource_groups, place.resource_group)
        )
        and (not grant.vaults or not place.vault or matches_any(grant.vaults, place.vault))
    )


def _no(reason: Reason, grants: Sequence[Grant], nearest: str = "") -> Decision:
    admins = {user for grant in grants if ROLES["admin"] <= grant.operations for user in (*grant.users, *grant.groups)}
    return Decision(False, reason, nearest, who_can=tuple(sorted(admins)))
