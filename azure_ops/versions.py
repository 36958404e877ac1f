"""The api-versions that Azure is asked in, each that of the client package it was tried with."""

from typing import Final

# azure-mgmt-recoveryservicesbackup 11.2: jobs, protected items, recovery points, backups; its typed calls send it too.
BACKUP: Final = "2026-10-01"
# azure-mgmt-recoveryservices 4.3: vaults.
VAULTS: Final = "2026-11-01"
# azure-mgmt-compute 39: virtual machines, extensions and their operations.
COMPUTE: Final = "2026-04-01"
# azure-mgmt-resourcegraph 8.0.
RESOURCE_GRAPH: Final = "2021-03-01"
# What the Azure CLI lists subscriptions with.
SUBSCRIPTIONS: Final = "2022-12-01"
# Management locks: what Microsoft's page of the operation names, and the Azure CLI's own package sends.
LOCKS: Final = "2016-09-01"
