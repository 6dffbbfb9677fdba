"""What the portal's pages cost, measured on stores of known size; not part of the portal."""
