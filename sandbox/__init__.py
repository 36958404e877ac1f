"""The sandbox: a local Slack and its page, apart from the bot and speaking only the wire protocols."""
