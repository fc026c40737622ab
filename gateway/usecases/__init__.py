"""One function = one command = one transaction."""
