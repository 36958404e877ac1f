"""Words: the catalog of errors and the cards that show it."""
