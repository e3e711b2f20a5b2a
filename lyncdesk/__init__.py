"""LyncDesk: a person's presence, taken from their Exchange calendar, in the tray of their desktop.

`presence` says what a presence is, `client` is one signed-in person, the other rooms are the world around
them: Exchange, the pool that carries presence to other people, the machine, the screens.
`docs/architecture.md` draws it.
"""

__version__ = "0.1.0"
