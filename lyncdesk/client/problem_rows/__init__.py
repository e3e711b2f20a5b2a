"""The rows of the table of problems, by where they arise; :mod:`lyncdesk.client.problems` is the table."""
