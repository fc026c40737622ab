"""The console: pages for operators and testers, each with a twin as JSON."""
