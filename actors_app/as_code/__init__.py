"""Pages and forms as the calls they make, for people who go on without the portal."""
