"""A scripted Azure estate: subscriptions, vaults, VMs, items and jobs that live by the sandbox's clock."""

from sandbox.azure.estate.estate import Estate
from sandbox.azure.estate.large import large
from sandbox.azure.estate.nouns import ItemQuery, JobQuery, Json, Refusal, VaultKey
from sandbox.azure.estate.small import small

__all__ = ["Estate", "ItemQuery", "JobQuery", "Json", "Refusal", "VaultKey", "large", "small"]
