"""What administrators look after: the admin lists, and what deleting takes with it."""
