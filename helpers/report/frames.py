"""Python values over a socket, each as a frame with its length."""

from __future__ import annotations

import pickle
import socket
import struct
from typing import Any

_LENGTH = struct.Struct("!Q")


def send_frame(sock: socket.socket, value: Any) -> None:
    """Send one value to a process of ours.

    Raises
    ------
    OSError
        If the other end is gone.
    """
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    sock.sendall(_LENGTH.pack(len(data)))
    sock.sendall(data)


def receive_frame(sock: socket.socket) -> Any:
    """Return the next value of a process of ours.

    Raises
    ------
    EOFError
        If the other end is gone.
    """
    (length,) = _LENGTH.unpack(_receive_exactly(sock, _LENGTH.size))
    return pickle.loads(_receive_exactly(sock, length))  # noqa: S301  our own process wrote it


def _receive_exactly(sock: socket.socket, length: int) -> bytearray:
    data = bytearray(length)
    view, done = memoryview(data), 0
    while done < length:
        try:
            count = sock.recv_into(view[done:])
        except ConnectionError:
            count = 0
        if count == 0:
            raise EOFError("the other process ended")
        done += count
    return data


def pack_error(error: BaseException) -> tuple[type, tuple[Any, ...], dict[str, Any]]:
    """Return an error in parts, because its constructor may want other arguments."""
    return type(error), error.args, dict(error.__dict__)


def unpack_error(parts: tuple[type, tuple[Any, ...], dict[str, Any]]) -> BaseException:
    """Return the error of its parts."""
    kind, args, attributes = parts
    if issubclass(kind, OSError):  # its number comes from its arguments alone
        return kind(*args)
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(attributes)
    return error
