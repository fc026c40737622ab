"""The kinds of steps a process may have, one module each; they do not know one another."""
