"""Loads every module of the gateway and fails if that did anything; run as a program of its own."""

import importlib
import pkgutil
import sys
import threading

import gateway

# Alembic runs it as a script, with a connection at hand.
_SCRIPT = "gateway.repository.migrations.env"
_DEEDS = ("socket.connect", "socket.bind", "subprocess.Popen", "os.fork", "os.posix_spawn")


def main():
    # A library below it opens a port for a moment to see whether the system knows IPv6.
    importlib.import_module("zeep")
    deeds = []

    def watch(event, arguments):
        if event in _DEEDS or (event == "open" and str(arguments[0]).endswith("gateway.toml")):
            deeds.append(f"{event} {arguments}")

    sys.addaudithook(watch)
    packages = pkgutil.walk_packages(gateway.__path__, "gateway.")
    for name in [module.name for module in packages if module.name != _SCRIPT]:
        importlib.import_module(name)
    deeds += [f"thread {thread.name}" for thread in threading.enumerate()[1:]]
    if deeds:
        sys.exit("\n".join(deeds))
    sys.stdout.write("\n".join(name for name in sys.modules if name.startswith("gateway.")))


if __name__ == "__main__":
    main()
