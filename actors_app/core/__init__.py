"""What the subjects share; it imports none of them."""
