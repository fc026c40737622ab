"""The door: admits, records, authenticates, routes and answers; knows nothing of tickets."""
