"""Live look-ups in Azure: asked once for many askers, kept for seconds, and honest about what could not be read."""
