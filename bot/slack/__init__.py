"""Slack's side of the shell: the guard at the door, the Bolt app, and what it answers."""
