"""Subscriptions and vaults as ARM shows them."""

from typing import Final

from sandbox.azure.estate.nouns import Json, Subscription, Vault, guid

TENANT: Final = "99999999-9999-4999-8999-999999999999"


def subscription_body(one: Subscription) -> Json:
    """As GET /subscriptions/{id} shows it."""
    return {
        "id": one.path,
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": one.id,
        "tenantId": TENANT,
        "displayName": one.name,
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "EnterpriseAgreement_2014-09-01",
            "spendingLimit": "Off",
        },
    }


def _vault_properties() -> Json:
    return {
        "provisioningState": "Succeeded",
        "privateEndpointStateForBackup": "None",
        "privateEndpointStateForSiteRecovery": "None",
        "publicNetworkAccess": "Enabled",
        "redundancySettings": {"standardTierStorageRedundancy": "GeoRedundant", "crossRegionRestore": "Disabled"},
        "securitySettings": {
            "softDeleteSettings": {"softDeleteState": "Enabled", "softDeleteRetentionPeriodInDays": 14},
        },
    }


def vault_body(vault: Vault) -> Json:
    """As GET {vault} shows it."""
    return {
        "location": vault.location,
        "name": vault.name,
        "etag": f"W/\"datetime'{guid('etag', vault.path)[:8]}'\"",
        "tags": dict(vault.tags),
        "properties": _vault_properties(),
        "id": vault.path,
        "type": "Microsoft.RecoveryServices/vaults",
        "sku": {"name": "RS0", "tier": "Standard"},
    }


def vault_row(vault: Vault) -> Json:
    """As Resource Graph shows it."""
    return graph_row(vault, vault.path, vault.name, "microsoft.recoveryservices/vaults", _vault_properties())


def graph_row(vault: Vault, path: str, name: str, kind: str, properties: Json) -> Json:
    """A row of the table RecoveryServicesResources; its resource group is in lower case there."""
    return {
        "id": path,
        "name": name,
        "type": kind,
        "tenantId": TENANT,
        "location": vault.location,
        "resourceGroup": vault.group.lower(),
        "subscriptionId": vault.subscription.id,
        "tags": dict(vault.tags),
        "properties": properties,
    }
