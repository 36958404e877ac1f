"""Work that survives: durable stories, on SQLite or Postgres, carried on by another replica when one dies."""
