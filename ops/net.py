"""Loopback ports: which are free, who answers."""

import socket

LOOPBACK = "127.0.0.1"


def port_free(port: int) -> bool:
    """Say whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def kept_or_free(port: int | None, taken: set[int] = frozenset()) -> int:
    """Return the port used last time when it is still free, else another one outside ``taken``."""
    if port and port not in taken and port_free(port):
        return port
    for _ in range(100):
        port = free_port()
        if port not in taken:
            return port
    raise OSError("no free port on 127.0.0.1")


def listening(port: int, timeout: float = 1.0) -> bool:
    """Say whether something accepts connections on this loopback port."""
    try:
        socket.create_connection((LOOPBACK, port), timeout).close()
    except OSError:
        return False
    return True
