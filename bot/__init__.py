"""The busy shell: it listens, remembers, carries out and talks."""
