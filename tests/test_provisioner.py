"""The kernel's transport: file sockets, with a path short enough for them."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from jupyter_client import AsyncKernelManager, KernelManager
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.provisioning import KernelProvisionerFactory

from helpers.provisioner import IpcProvisioner

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no file sockets")

LONGEST = 107  # bytes of a socket's path on Linux, without the closing zero


def make_provisioner(folder: Path) -> tuple[IpcProvisioner, KernelManager]:
    """Return a provisioner whose manager keeps its connection file in a folder."""
    manager = KernelManager(connection_file=str(folder / "kernel.json"), kernel_name="lenfail")
    provisioner = IpcProvisioner(parent=manager, kernel_spec=manager.kernel_spec, kernel_id="one")
    return provisioner, manager


@pytest.fixture
def short_folder():
    with tempfile.TemporaryDirectory(prefix="lf-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def long_folder(short_folder):
    folder = short_folder / ("long-" * 20)
    folder.mkdir()
    return folder


def launch(provisioner: IpcProvisioner) -> dict:
    return asyncio.run(provisioner.pre_launch(env=dict(os.environ)))


def test_the_connection_file_names_file_sockets(short_folder):
    provisioner, manager = make_provisioner(short_folder)
    launched = launch(provisioner)
    written = json.loads((short_folder / "kernel.json").read_text(encoding="utf-8"))
    assert written["transport"] == "ipc"
    assert written["ip"] == f"{short_folder}/kernel.json-ipc"
    assert str(short_folder / "kernel.json") in launched["cmd"]
    assert provisioner.socket_folder is None
    assert manager.get_connection_info()["transport"] == "ipc"


def test_a_long_path_is_replaced_by_a_short_private_folder(long_folder):
    provisioner, manager = make_provisioner(long_folder)
    launch(provisioner)
    folder = Path(provisioner.socket_folder)
    assert manager.ip == str(folder / "kernel")
    assert len(f"{manager.ip}-65535") <= LONGEST
    assert folder.stat().st_mode & 0o077 == 0
    asyncio.run(provisioner.cleanup())
    assert not folder.exists()
    assert provisioner.socket_folder is None


@pytest.mark.parametrize("named", ["", "kernel.json"])
def test_kernels_of_one_working_folder_do_not_share_sockets(named, short_folder, monkeypatch):
    """papermill leaves the connection file's name to the manager, which has none yet."""
    monkeypatch.chdir(short_folder)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(short_folder))
    paths = []
    for number in (1, 2):
        manager = KernelManager(
            connection_file=named and f"{number}-{named}", kernel_name="lenfail"
        )
        provisioner = IpcProvisioner(
            parent=manager, kernel_spec=manager.kernel_spec, kernel_id=str(number)
        )
        launch(provisioner)
        paths.append(Path(manager.ip))
        assert paths[-1].parent == Path(provisioner.socket_folder)
        asyncio.run(provisioner.cleanup())
    assert all(path.is_absolute() for path in paths)
    assert paths[0] != paths[1]


def test_a_restart_finds_the_sockets_where_they_were(long_folder):
    """The connection file is written once, so that another folder would never be found."""
    provisioner, manager = make_provisioner(long_folder)
    launch(provisioner)
    first = manager.ip
    asyncio.run(provisioner.cleanup(restart=True))
    assert Path(first).parent.is_dir()
    launch(provisioner)
    assert manager.ip == first
    asyncio.run(provisioner.cleanup())
    assert not Path(first).parent.exists()


def test_a_long_temporary_folder_is_not_used_for_sockets(long_folder, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(long_folder))
    provisioner, manager = make_provisioner(long_folder)
    launch(provisioner)
    assert len(f"{manager.ip}-65535") <= LONGEST
    assert not manager.ip.startswith(str(long_folder))
    asyncio.run(provisioner.cleanup())


def test_the_notebooks_kernel_names_this_provisioner():
    spec = KernelSpecManager().get_kernel_spec("lenfail")
    stanza = spec.metadata["kernel_provisioner"]
    (found,) = entry_points(
        group=KernelProvisionerFactory.GROUP_NAME, name=stanza["provisioner_name"]
    )
    assert found.load() is IpcProvisioner
    assert spec.argv[1:] == ["-m", "ipykernel_launcher", "-f", "{connection_file}"]


async def ask_twice(manager: AsyncKernelManager) -> list[str]:
    """Start a kernel, ask it something, restart it, ask again."""
    answers = []
    await manager.start_kernel()
    try:
        for is_last in (False, True):
            client = manager.client()
            client.start_channels()
            await client.wait_for_ready(timeout=60)
            reply = await client.execute_interactive(
                "1", store_history=False, user_expressions={"x": "6 * 7"}, timeout=60
            )
            answers.append(reply["content"]["user_expressions"]["x"]["data"]["text/plain"])
            client.stop_channels()
            if not is_last:
                await manager.restart_kernel(now=True)
    finally:
        await manager.shutdown_kernel(now=True)
        manager.context.term()
    return answers


def test_a_kernel_answers_before_and_after_a_restart(long_folder):
    manager = AsyncKernelManager(
        connection_file=str(long_folder / "kernel.json"), kernel_name="lenfail"
    )
    assert asyncio.run(ask_twice(manager)) == ["42", "42"]
    assert manager.transport == "ipc"
    assert not Path(manager.ip).parent.exists()
