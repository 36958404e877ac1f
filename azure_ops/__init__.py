"""What we know of Azure: its own words as plain data, read leniently."""
