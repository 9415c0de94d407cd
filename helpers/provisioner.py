"""The kernel of the notebooks: the ordinary Python kernel, reached by IPC instead of TCP.

A kernel on TCP can be listened to by every user of the machine; a file socket cannot.
Jupyter takes the transport from the program that starts the kernel, so the kernel's
specification names a provisioner, and the provisioner sets it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

_LONGEST_SOCKET_PATH = 90


class IpcProvisioner(LocalProvisioner):
    """Start a local kernel that speaks over file sockets, where the system has them."""

    socket_folder: str | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose the transport before the connection file is written."""
        manager = self.parent
        if os.name != "nt" and manager is not None and not manager.has_kernel:
            manager.transport = "ipc"
            manager.ip = self._choose_socket_path(manager.connection_file)
        return await super().pre_launch(**kwargs)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove what was made for the sockets."""
        await super().cleanup(restart=restart)
        if self.socket_folder and not restart:
            shutil.rmtree(self.socket_folder, ignore_errors=True)
            self.socket_folder = None

    def _choose_socket_path(self, connection_file: str) -> str:
        """Return the sockets' common beginning; systems allow about 100 characters.

        Beside the connection file where that has a name already and one that kernel and
        client understand alike, whatever their working folder; else in a folder of its own.
        """
        beside = f"{connection_file}-ipc"
        if Path(connection_file).is_absolute() and len(beside) <= _LONGEST_SOCKET_PATH:
            return beside
        if self.socket_folder is None:  # a restart finds the folder of the first start
            parent = tempfile.gettempdir()
            is_short = len(parent) <= _LONGEST_SOCKET_PATH - len("/lenfail-12345678/kernel")
            self.socket_folder = tempfile.mkdtemp(
                prefix="lenfail-",
                dir=parent if is_short else "/tmp",  # noqa: S108
            )
        return str(Path(self.socket_folder) / "kernel")
