"""Draws charts in a process of their own, so that the bot never holds the plotting library."""
