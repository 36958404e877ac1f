"""What to do about each setting that is wrong: one sentence for each, and so the list of all settings."""

from collections.abc import Mapping
from typing import Final

AZURE_REMEDIES: Final[Mapping[str, str]] = {
    "azure_arm_base_url": "Unset AZURE_ARM_BASE_URL for Azure's public cloud; otherwise https:// and a host,"
    " or http:// to loopback",
    "azure_credential": "Set BACKUP_BOT_AZURE_CREDENTIAL to default, managed-identity, workload-identity, environment"
    " or cli",
    "subscriptions": "Set BACKUP_BOT_SUBSCRIPTIONS to subscription ids (GUIDs) with commas between them, or leave it"
    " empty for all that the bot's identity can see",
    "portal": "In the config file, write under [portal] any of tenant, job, item; in an address {id}, {path} or {name}"
    " stands for the id; see docs/operate.md",
}
STORE_REMEDIES: Final[Mapping[str, str]] = {
    "database_url": "Set BACKUP_BOT_DATABASE_URL to sqlite:////folder/bot.db or postgresql://user:password@host/"
    "database",
    "audit_key": "Set BACKUP_BOT_AUDIT_KEY to at least 16 characters that the database's owner does not know, or unset"
    " it",
}
RIGHTS_REMEDIES: Final[Mapping[str, str]] = {
    "grants": "In the config file, write [[grants]] tables with name, users or groups, a role or operations, and where"
    " they hold: subscriptions, resource_groups, vaults, vms, tags, channels; see docs/operations.md",
    "lookup_users": "Set BACKUP_BOT_LOOKUP_USERS to Slack member ids such as U0123456789 (profile, More, Copy member"
    " ID) with commas between them, or leave it empty: then only grants say who may look up live data",
}
REMEDIES: Final[Mapping[str, str]] = {
    "slack_bot_token": "Set SLACK_BOT_TOKEN to the token that starts with xoxb- (app page, OAuth & Permissions)",
    "slack_signing_secret": "Set SLACK_SIGNING_SECRET (app page, Basic Information), or BACKUP_BOT_MODE=socket",
    "slack_app_token": "Set SLACK_APP_TOKEN to the token that starts with xapp- (app page, App-Level Tokens,"
    " scope connections:write), or BACKUP_BOT_MODE=http",
    "slack_api_base_url": "Unset SLACK_API_BASE_URL for Slack itself; otherwise https://..., or http:// to loopback",
    "mode": "Set BACKUP_BOT_MODE to http or socket",
    "host": "Set BACKUP_BOT_HOST to the address to listen on, for example 127.0.0.1 or 0.0.0.0",
    "port": "Set BACKUP_BOT_PORT to a number from 1 to 65535",
    "language": "Set BACKUP_BOT_LANGUAGE to en or nl",
    "channel_languages": "In the config file, write under [channel_languages] lines like C0123456789 = \"nl\"",
    "catalog": "Set BACKUP_BOT_CATALOG to a folder that holds your .md files",
    "log_level": "Set BACKUP_BOT_LOG_LEVEL to debug, info, warning or error",
    "operations": "In the config file, write under [operations] any of poll_seconds, settle_seconds, approval_minutes,"
    " retries_per_item, retries_per_vault, retries_at_once, longest_hours; docs/operate.md tells their limits",
    "watch": "In the config file, write under [watch] any of default_channel, operations_channel, sweep_seconds,"
    " overlap_minutes, first_hours, catch_up_minutes, by, storm_incidents, storm_minutes, storm_quiet_minutes,"
    " blind_minutes, digest_at, digest_zone, weekly_on, daily, kept_days; docs/operate.md tells what they mean",
    "routes": "In the config file, write [[routes]] tables with channel, and any of subscriptions, resource_groups,"
    " vaults, vms, tags, codes, areas, severities, mode, mention, mention_for; see docs/incidents.md",
    "maintenance": "In the config file, write [[maintenance]] tables with from and until, and any of subscriptions,"
    " resource_groups, vaults, vms, tags, reason; see docs/incidents.md",
    "alert_secret": "Set BACKUP_BOT_ALERT_SECRET to 32 random bytes, such as openssl rand -hex 32 prints, or unset it",
    "alert_tenant_id": "Set BACKUP_BOT_ALERT_TENANT_ID to your tenant's id (a GUID) and BACKUP_BOT_ALERT_AUDIENCES to"
    " the id of the app registration of the secure webhook, or unset both",
    "alert_audiences": "Set BACKUP_BOT_ALERT_AUDIENCES to the app registration's id and its App ID URI, with a comma"
    " between them",
    "alert_authority": "Unset BACKUP_BOT_ALERT_AUTHORITY for Azure's public cloud; otherwise https:// and a host",
    "replica": "Set BACKUP_BOT_REPLICA to a name that no other running replica has, or leave it empty",
    **RIGHTS_REMEDIES,
    **STORE_REMEDIES,
    **AZURE_REMEDIES,
}  # fmt: skip
