"""The local socket by which the command line talks to the running client of the same user."""
