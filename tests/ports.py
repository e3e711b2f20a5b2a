"""Ports of loopback that are free, and stay ours while nobody listens there."""

import socket


def kept(port: int = 0) -> socket.socket:
    """A socket that keeps this port (0: any) and hears nothing: whoever connects there is refused.

    Nobody is given the port meanwhile; who asks for this one in particular and may use an address again, as
    servers do, gets it beside the keeper.
    """
    keeper = socket.socket()
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    keeper.bind(("127.0.0.1", port))
    return keeper
