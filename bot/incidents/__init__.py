"""What is done about incidents: told in channels, handled by people, summed up."""
