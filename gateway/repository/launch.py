"""Becomes the database server: drops root, asks to end with its parent, and executes it.

Run as a program of its own (``python -I -S launch.py PARENT UID GID COMMAND...``; UID -1 keeps the
user), because code between fork and exec of a process with threads may deadlock.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, how: signal.Signals) -> None:
    """Have Linux send a signal to this process when the parent's thread that started it ends."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(how), 0, 0, 0)
    if os.getppid() != parent:  # it ended before we asked
        os.kill(os.getpid(), how)


def main() -> None:
    """Turn into the command."""
    parent, uid, gid, *command = sys.argv[1:]
    if int(uid) >= 0:
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    # After the change of user, which clears it; SIGINT is PostgreSQL's fast shutdown.
    die_with_parent(int(parent), signal.SIGINT)
    os.execv(command[0], command)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main()
