"""What turns LyncDesk into something that an office can install: one module a step, ``steps`` names them.

Nothing of it is part of the program. ``packaging/README.md`` is the way in.
"""
