"""What people mean, and what they may do about it: pure functions of their arguments."""
