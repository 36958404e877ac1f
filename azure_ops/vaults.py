"""The subscriptions that the bot's identity can see, and the vaults in one."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from azure_ops import versions
from azure_ops.errors import UnexpectedAnswer
from azure_ops.ids import is_subscription
from azure_ops.models import Subscription, Vault
from azure_ops.reading import subscription_from, vault_from
from azure_ops.reasons import Why
from azure_ops.slices import parsed, parsed_pages

if TYPE_CHECKING:
    from azure_ops.arm import Arm


async def list_subscriptions(arm: "Arm") -> list[Subscription]:
    """Every subscription in sight, as Azure orders them. Raises AzureError."""
    found: list[Subscription] = []
    async for page in arm.pages("/subscriptions", api_version=versions.SUBSCRIPTIONS):
        found += await parsed(page, subscription_from)
    return found


async def list_vaults(arm: "Arm", subscription_id: str) -> AsyncIterator[list[Vault]]:
    """The Recovery Services vaults of a subscription, page by page. Raises AzureError."""
    if not is_subscription(subscription_id):
        raise UnexpectedAnswer(where="/subscriptions", why=Why.NOT_A_SUBSCRIPTION)
    path = f"/subscriptions/{subscription_id}/providers/Microsoft.RecoveryServices/vaults"
    async for vaults in parsed_pages(arm.pages(path, api_version=versions.VAULTS), vault_from):
        yield vaults
