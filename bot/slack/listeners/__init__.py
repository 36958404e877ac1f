"""What each kind of request from Slack does: one table of handlers for each kind."""
