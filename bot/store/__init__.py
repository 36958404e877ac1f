"""What the bot remembers: one module per aggregate, over SQLite or Postgres."""
