"""What the bot remembers, over SQLite or Postgres: one module per aggregate, one place that opens the database."""
