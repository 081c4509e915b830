"""The programs that the scenarios start. None of them is left over, however the scenarios end."""

import subprocess
import threading

LOCK, STARTED = threading.Lock(), []


def start(command, **options):
    """Starts a program, which ends with the scenarios at the latest."""
    with LOCK:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
        STARTED.append(process)
    return process


def stop(process, seconds):
    """Asks a program to end, and kills it after these seconds. Returns whether it has ended by itself."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        kill(process)
        return False
    return True


def kill(process):
    process.kill()
    process.wait()


def kill_all():
    """Kills the programs that are left. The lock stays closed, so no scenario starts another one."""
    LOCK.acquire()
    for process in STARTED:
        kill(process)
