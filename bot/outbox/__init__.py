"""Says in Slack what the store's outbox holds: in order, paced, once."""
