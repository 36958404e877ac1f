"""How failures become known: Azure Monitor's webhook and the sweep, both meeting on the backup job."""
