"""Loaded by every Python process of a build under test: refuse sockets but local ones."""

import os
import socket
import sys

_LOG = os.environ.get("LENFAIL_TEST_SOCKET_LOG", "")
_WATCHED = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}


def _write(line: str) -> None:
    descriptor = os.open(_LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{os.getpid()} {line}\n".encode())
    os.close(descriptor)


def _watch(event: str, arguments: tuple) -> None:
    if event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        _write(f"refused {event}")
        raise PermissionError(f"{event} is not allowed while a report is built")
    if event in _WATCHED and getattr(arguments[0], "family", None) != socket.AF_UNIX:
        _write(f"refused {event}")
        raise PermissionError(f"{event} is not allowed while a report is built")


if _LOG:
    _write(f"watched {' '.join(sys.argv[:2])}")
    sys.addaudithook(_watch)
