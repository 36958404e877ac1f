"""Who may do what, live: people and groups as Slack knows them now, and grants as the config file has them now."""
