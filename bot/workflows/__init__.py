"""Durable stories, one a file: what was asked for is carried out once, whatever crashes, and told as it is."""
