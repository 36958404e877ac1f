"""What Slack shows: one typed function per card, each with its own template and its labels in two languages."""
