"""A Kerberos realm of the tests' own: MIT's KDC on a loopback port, with all its files in one folder.

It is asked by TCP alone: a port of UDP cannot be kept while nobody listens.
"""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socketserver import BaseRequestHandler, TCPServer
from threading import Thread
from types import TracebackType
from typing import Final, Self

from tests.ports import kept
from tests.waiting import LONG_ENOUGH, wait_for

REALM: Final = "LITWARE.EXAMPLE"
_KRB5 = """\
[libdefaults]
    default_realm = {realm}
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_canonicalize_hostname = false
    rdns = false
    clockskew = 300
    udp_preference_limit = 1
[realms]
    {realm} = {{
        kdc = 127.0.0.1:{port}
    }}
[domain_realm]
    localhost = {realm}
"""
_KDC = """\
[kdcdefaults]
    kdc_listen = ""
    kdc_tcp_listen = 127.0.0.1:{port}
[realms]
    {realm} = {{
        database_name = {folder}/principal
        key_stash_file = {folder}/stash
        acl_file = {folder}/acl
        max_life = 10h
    }}
[logging]
    kdc = FILE:{folder}/log
"""
# In a cache of tickets: the key of one, AES of 256 or 128 bits, after which its times stand.
_KEY = re.compile(rb"\0[\x11-\x14]\0\0\0(?:\x20.{32}|\x10.{16})", re.DOTALL)


def tool(name: str) -> str:
    """Where a program of MIT Kerberos is; those of a server are in no user's path.

    Raises:
        FileNotFoundError: if it is not installed.
    """
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise FileNotFoundError(f"{name}: install krb5-kdc, krb5-admin-server and krb5-user")
    return found


class Realm:
    """A realm whose KDC runs within ``with``. ``env`` is the environment of those who live in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.keytab = folder / "keytab"
        self._keeper = kept()  # of the port while nothing listens
        self._port = int(self._keeper.getsockname()[1])
        values = {"realm": REALM, "port": self._port, "folder": folder}
        (folder / "krb5.conf").write_text(_KRB5.format(**values))
        (folder / "kdc.conf").write_text(_KDC.format(**values))
        self.env: Mapping[str, str] = {
            "KRB5_CONFIG": str(folder / "krb5.conf"),
            "KRB5_KDC_PROFILE": str(folder / "kdc.conf"),
            "KRB5CCNAME": f"FILE:{folder / 'tickets'}",
            "KRB5_KTNAME": f"FILE:{self.keytab}",
            "KRB5RCACHETYPE": "none",  # a replay cache of the machine's is none of ours
        }
        self._run("kdb5_util", "create", "-s", "-P", "master", "-r", REALM)
        self._kdc: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """Where the KDC listens."""
        return self._port

    def __enter__(self) -> Self:
        self.start(self._folder / "krb5.conf")
        return self

    def start(self, settings: Path) -> None:
        """Let the KDC answer, with these settings of the library."""
        log = self._folder / "log"
        log.unlink(missing_ok=True)
        env = os.environ | self.env | {"KRB5_CONFIG": str(settings)}
        self._kdc = subprocess.Popen([tool("krb5kdc"), "-n"], env=env)
        wait_for(lambda: log.exists() and "commencing operation" in log.read_text(), "the KDC")

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()
        self._keeper.close()

    def stop(self) -> None:
        """End the KDC."""
        if self._kdc is not None:
            self._kdc.terminate()
            self._kdc.wait(LONG_ENOUGH)
            self._kdc = None

    @contextmanager
    def without_an_answer(self) -> Iterator[list[bytes]]:
        """Let the KDC be one that hears every question, which are told, and hangs up."""
        self.stop()
        asked: list[bytes] = []

        class Listening(BaseRequestHandler):
            def handle(self) -> None:
                asked.append(self.request.recv(65536))

        class Deaf(TCPServer):
            allow_reuse_address = True

        with Deaf(("127.0.0.1", self._port), Listening) as server:
            thread = Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            try:
                yield asked
            finally:
                server.shutdown()
                thread.join()

    def settings_at_another_time(self) -> Path:
        """For a program to which every clock differs too much: by more than -1 seconds."""
        settings = self._folder / "another-time.conf"
        text = (self._folder / "krb5.conf").read_text()
        settings.write_text(text.replace("clockskew = 300", "clockskew = -1"))
        return settings

    def refusals(self) -> int:
        """How often the KDC was shown something that was encrypted with a wrong password."""
        lines = (self._folder / "log").read_text().splitlines()
        return sum(": PREAUTH_FAILED: " in line for line in lines)

    def person(self, name: str, password: str, *how: str) -> None:
        """Add a person; every one has to prove the password to the KDC."""
        self._run("kadmin.local", "-r", REALM, "addprinc", "+requires_preauth", *how, "-pw", password, name)

    def service(self, name: str) -> None:
        """Add a service, and its key to the keytab."""
        self._run("kadmin.local", "-r", REALM, "addprinc", "-randkey", name)
        self._run("kadmin.local", "-r", REALM, "ktadd", "-k", str(self.keytab), name)

    def new_key(self, name: str) -> None:
        """Give a service another key than the one that its keytab has."""
        self._run("kadmin.local", "-r", REALM, "cpw", "-randkey", name)

    def remove(self, name: str) -> None:
        """Remove a service."""
        self._run("kadmin.local", "-r", REALM, "delprinc", "-force", name)

    def sign_in(self, name: str, password: str) -> None:
        """What a person does at the computer in the morning: get a ticket."""
        self._run("kinit", "-l", "10h", f"{name}@{REALM}", typed=password)

    def let_tickets_expire(self) -> None:
        """Let every ticket in the cache have ended an hour ago, by the times that the cache has of it.

        One whose life is short enough to wait for would end in the middle of something on a slow machine.
        """
        cache = self._folder / "tickets"
        octets = bytearray(cache.read_bytes())
        times = [key.end() for key in _KEY.finditer(octets)]
        if not times:
            raise RuntimeError("there is no ticket in the cache")
        hour_ago = int(time.time()) - 3600
        for at in times:  # of the person's proof, of its begin, its end, and of its last renewal
            struct.pack_into(">4I", octets, at, hour_ago - 3600, hour_ago - 3600, hour_ago, 0)
        cache.write_bytes(octets)

    def tickets(self) -> str:
        """What ``klist`` shows."""
        return self._run("klist")

    def _run(self, name: str, *arguments: str, typed: str = "") -> str:
        done = subprocess.run(
            [tool(name), *arguments],
            env=os.environ | self.env,
            input=f"{typed}\n",
            capture_output=True,
            text=True,
            check=False,
            timeout=LONG_ENOUGH,
        )
        if done.returncode:
            raise RuntimeError(f"{name}: {done.stdout}{done.stderr}")
        return done.stdout
