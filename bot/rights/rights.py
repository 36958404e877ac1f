"""`Rights`: the decisions of the policy, about people as Slack knows them and by the grants that are in force now."""

import logging
from collections.abc import Sequence

from bot.rights.members import Members
from intents import policy
from intents.policy import Actor, Decision, Grant, OperationName, Reach, Resource

_log = logging.getLogger(__name__)


class Rights:
    """One for the process. Decides anew each time: nothing here remembers a yes."""

    def __init__(self, members: Members, grants: Sequence[Grant] = ()) -> None:
        self._members = members
        self._grants = tuple(grants)

    @property
    def grants(self) -> tuple[Grant, ...]:
        """Those that are in force now."""
        return self._grants

    def use(self, grants: Sequence[Grant]) -> None:
        """From now on these grants hold, and no others."""
        self._grants = tuple(grants)

    def is_anyone_granted(self, operation: OperationName) -> bool:
        """Whether any grant allows it, to anybody."""
        return any(operation in grant.operations for grant in self._grants)

    def could(self, user: str, operation: OperationName) -> bool:
        """Whether any grant might let them, judged at once and without Slack: by their name, or by some group."""
        return any(operation in grant.operations and (user in grant.users or grant.groups) for grant in self._grants)

    def refusal_at_once(self, user: str, operation: OperationName) -> Decision | None:
        """The same as a decision for those who could not; None for everybody else."""
        if self.could(user, operation):
            return None
        decision = policy.reach(Actor(user), operation, "", self._grants).decision
        _log_refusal(user, operation, decision)
        return decision

    async def actor(self, user: str, team: str = "") -> Actor:
        """The person as Slack knows them, at most a minute ago. `team` is the workspace that a payload names for them.

        Never raises: somebody whom Slack does not describe is unknown, and may do nothing.
        """
        groups = {group for grant in self._grants for group in grant.groups}
        return await self._members.actor(user, groups, team)

    async def decide(
        self,
        user: str,
        operation: OperationName,
        resource: Resource,
        channel: str,
        *,
        team: str = "",
        requested_by: str = "",
    ) -> Decision:
        """May this person do this to this resource, here, now. A refusal is logged; nothing is raised."""
        actor = await self.actor(user, team)
        decision = policy.decide(actor, operation, resource, channel, self._grants, requested_by=requested_by)
        _log_refusal(user, operation, decision)
        return decision

    async def reach(self, user: str, operation: OperationName, channel: str, *, team: str = "") -> Reach:
        """What all this person may do it to, here, now; for a list that is to be cut to it."""
        actor = await self.actor(user, team)
        reach = policy.reach(actor, operation, channel, self._grants)
        _log_refusal(user, operation, reach.decision)
        return reach

    async def close(self) -> None:
        """Give up what is asked of Slack."""
        await self._members.close()


def _log_refusal(user: str, operation: OperationName, decision: Decision) -> None:
    if not decision.is_allowed:
        grant = f", grant {decision.grant}" if decision.grant else ""
        _log.info("refused: %s may not %s (%s%s)", user, operation, decision.reason, grant)
