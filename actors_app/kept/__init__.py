"""What the portal keeps of what passes through it, encrypted and for a limited time."""
