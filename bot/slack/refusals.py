"""Who may not: what they are told, by which rule, and who can grant it."""

from typing import Final

from bot.slack.desk import Desk
from bot.workflows.front import Click
from intents.policy import Decision, OperationName, Reach, Resource
from responses.cards.model import Card
from responses.cards.operation_refusals import RefusalOf, refusal_card
from responses.catalog.model import Language

# What a refusal is about when it is about no VM and no vault in particular.
NOTHING: Final = Resource()


async def reach_of(desk: Desk, click: Click) -> Reach:
    """What all somebody may look up here, now."""
    return await desk.rights.reach(click.user, "look-up", click.channel, team=click.workspace)


def refused(decision: Decision, resource: Resource, language: Language, operation: OperationName = "look-up") -> Card:
    """That somebody may not do this, by which rule, and who can grant it."""
    told = RefusalOf(operation, decision.reason, decision.grant, decision.who_can, resource.vm, resource.vault)
    return refusal_card(told, language)


async def refused_there(desk: Desk, click: Click, resource: Resource, language: Language) -> Card:
    """The same for somebody who may look up, but not this."""
    decision = await desk.rights.decide(click.user, "look-up", resource, click.channel, team=click.workspace)
    return refused(decision, resource, language)
