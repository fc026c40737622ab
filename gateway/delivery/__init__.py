"""Work that nobody waits for: what is due by the clock."""
