"""What Microsoft's pages say of tenants, subscriptions and locks: no client package that we hold has models of them.

Written from the reference of the REST operations Tenants - List and Subscriptions - List (2022-12-01) and Management
Locks - List (2016-09-01). A property that stands nowhere there is a problem, as with the packages' models.
"""

from typing import Literal, Required, TypedDict


class Tenant(TypedDict, total=False):
    """Tenants - List: TenantIdDescription."""

    id: Required[str]
    tenantId: Required[str]
    tenantCategory: Literal["Home", "ProjectedBy", "ManagedBy"]
    country: str
    countryCode: str
    displayName: str
    domains: list[str]
    defaultDomain: str
    tenantType: str
    tenantBrandingLogoUrl: str


class SubscriptionPolicies(TypedDict, total=False):
    """What a subscription may use."""

    locationPlacementId: str
    quotaId: str
    spendingLimit: Literal["On", "Off", "CurrentPeriodOff"]


class ManagedByTenant(TypedDict, total=False):
    """A tenant that manages the subscription."""

    tenantId: str


class Subscription(TypedDict, total=False):
    """Subscriptions - List, and - Get."""

    id: Required[str]
    subscriptionId: Required[str]
    displayName: str
    tenantId: str
    state: Literal["Enabled", "Warned", "PastDue", "Disabled", "Deleted"]
    subscriptionPolicies: SubscriptionPolicies
    authorizationSource: str
    managedByTenants: list[ManagedByTenant]
    tags: dict[str, str]


class LockOwner(TypedDict, total=False):
    """An application that owns a lock."""

    applicationId: str


class LockProperties(TypedDict, total=False):
    """What a lock forbids."""

    level: Required[Literal["NotSpecified", "CanNotDelete", "ReadOnly"]]
    notes: str
    owners: list[LockOwner]


class Lock(TypedDict, total=False):
    """Management Locks - List: ManagementLockObject."""

    id: Required[str]
    name: Required[str]
    type: str
    properties: Required[LockProperties]


class SubscriptionRow(TypedDict, total=False):
    """The properties of a row of ResourceContainers that is a subscription."""

    state: Literal["Enabled", "Warned", "PastDue", "Disabled", "Deleted"]
    subscriptionPolicies: SubscriptionPolicies
    managedByTenants: list[ManagedByTenant]


class GroupRow(TypedDict, total=False):
    """The properties of a row of ResourceContainers that is a resource group."""

    provisioningState: str
