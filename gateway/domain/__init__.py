"""What a ticket is and may become: standard library only, no I/O."""
