"""Only one process at a time writes to a data folder."""

import os
import signal
import subprocess
import sys

import pytest

from services import instance_lock
from services.instance_lock import InstanceLocked
from services.settings import Settings

HOLDER = """
import sys, time
from services import instance_lock
from services.settings import Settings
lock = instance_lock.acquire(Settings())
print("held", flush=True)
sys.stdin.read()
"""


def hold_elsewhere() -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_second_process_is_refused_with_the_pid_and_the_folder(settings: Settings) -> None:
    with hold_elsewhere() as holder:
        with pytest.raises(InstanceLocked) as refused:
            instance_lock.acquire(settings)
        holder.kill()
    assert f"process {holder.pid}, port 8080" in str(refused.value)
    assert str(settings.data_dir) in str(refused.value)


def test_a_killed_process_leaves_the_folder_free(settings: Settings) -> None:
    with hold_elsewhere() as holder:
        holder.send_signal(signal.SIGKILL)
    instance_lock.acquire(settings).release()


def test_a_released_folder_can_be_taken_again(settings: Settings) -> None:
    instance_lock.acquire(settings).release()
    lock = instance_lock.acquire(settings)
    with pytest.raises(InstanceLocked):
        instance_lock.acquire(settings)
    lock.release()


def test_what_ends_with_an_error_leaves_the_folder_free(settings: Settings) -> None:
    with pytest.raises(ZeroDivisionError), instance_lock.acquire(settings):
        with pytest.raises(InstanceLocked):
            instance_lock.acquire(settings)
        raise ZeroDivisionError
    instance_lock.acquire(settings).release()


def test_a_child_that_outlives_its_parent_does_not_hold_the_folder(settings: Settings) -> None:
    lock = instance_lock.acquire(settings)
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as child:
        lock.release()
        instance_lock.acquire(settings).release()
        child.kill()


def test_the_lock_file_is_readable_by_its_owner_only(settings: Settings) -> None:
    lock = instance_lock.acquire(settings)
    assert (settings.data_dir / instance_lock.NAME).stat().st_mode & 0o077 == 0
    assert os.fstat(lock.descriptor).st_size > 0
    lock.release()
