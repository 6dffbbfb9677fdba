"""Messages: sending one, sending it again, and the mailboxes."""
