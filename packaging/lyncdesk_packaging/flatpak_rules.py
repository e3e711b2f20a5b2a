"""The rules of Flathub's linter that concern this manifest, and our own; the linter itself is not to be had.

Its words are https://docs.flathub.org/docs/for-app-authors/linter; each line here names the rule as it does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_SHA = re.compile(r"[0-9a-f]{64}")
# Kinds of permission that the manifest may hold at all; everything else needs a reason that nobody has given.
_KINDS = frozenset({"share", "socket", "talk-name"})
_SHARES = frozenset({"network", "ipc"})
_SOCKETS = frozenset({"wayland", "fallback-x11"})

Manifest = Mapping[str, Any]


def broken(manifest: Manifest) -> list[str]:
    """A line for each rule that is broken."""
    return [line for rule in _RULES for line in rule(manifest)]


def permissions(manifest: Manifest) -> dict[str, set[str]]:
    """What the sandbox lets through, by kind: ``{"talk-name": {"org..."}, ...}``."""
    found: dict[str, set[str]] = {}
    for argument in manifest.get("finish-args", ()):
        kind, _, value = argument.removeprefix("--").partition("=")
        found.setdefault(kind, set()).add(value)
    return found


def _id(manifest: Manifest) -> Iterator[str]:
    if "app-id" in manifest:
        yield "toplevel: app-id is the old name of id"
    if not re.fullmatch(r"[a-z]\w*(\.[a-z]\w*)+\.[A-Za-z]\w*", manifest.get("id", "")):
        yield f"appid: {manifest.get('id')} is no reverse domain name"
    if manifest.get("branch") or manifest.get("default-branch"):
        yield "toplevel-unnecessary-branch"
    command = manifest.get("command", "")
    if not command or "/" in command:
        yield "toplevel-no-command or toplevel-command-is-path"


def _kinds(manifest: Manifest) -> Iterator[str]:
    found = permissions(manifest)
    for kind in sorted(found.keys() - _KINDS):
        for value in sorted(found[kind]):
            yield f"finish-args: --{kind}={value} is not needed by anything"
    for value in sorted(found.get("share", set()) - _SHARES):
        yield f"finish-args: --share={value} is not needed by anything"
    for value in sorted(found.get("socket", set()) - _SOCKETS):
        yield f"finish-args: --socket={value} is not needed by anything"


def _windows(manifest: Manifest) -> Iterator[str]:
    found = permissions(manifest)
    sockets, shares = found.get("socket", set()), found.get("share", set())
    if "x11" in sockets and sockets & {"fallback-x11", "wayland"}:
        yield "finish-args-contains-both-x11-and-fallback or -wayland"
    if sockets & {"x11", "fallback-x11"} and "ipc" not in shares:
        yield "finish-args-x11-without-ipc"
    if "fallback-x11" in sockets and "wayland" not in sockets:
        yield "finish-args-fallback-x11-without-wayland"
    if "wayland" in sockets and not sockets & {"x11", "fallback-x11"}:
        yield "finish-args-only-wayland"


def _names(manifest: Manifest) -> Iterator[str]:
    for name in sorted(permissions(manifest).get("talk-name", ())):
        if "*" in name:
            yield f"finish-args: --talk-name={name} is for more than one"
        if name.startswith(("org.freedesktop.portal.", "org.freedesktop.impl.portal.")):
            yield f"finish-args-portal-talk-name: {name}"
        if name.startswith(("org.freedesktop.DBus", "org.freedesktop.Flatpak")):
            yield f"finish-args-freedesktop-dbus-talk-name or flatpak-spawn-access: {name}"
        if name == "org.freedesktop.Secrets":
            yield "finish-args-incorrect-secret-service-talk-name: it is in lower case"
        if name.startswith(manifest.get("id", "\0")):
            yield f"finish-args-unnecessary-appid-talk-name: {name}"


def _sources(manifest: Manifest) -> Iterator[str]:
    modules = manifest.get("modules") or ()
    if not modules:
        yield "toplevel-no-modules"
    for module in modules:
        name = module.get("name")
        if "--share=network" in str(module.get("build-options", "")):
            yield f"module-{name}: may not ask the network while it is built"
        for source in module.get("sources", ()):
            if source.get("md5") or source.get("sha1"):
                yield f"module-{name}-source-md5-deprecated or -sha1-deprecated"
            if source["type"] in {"file", "archive"} and not _SHA.fullmatch(source.get("sha256", "")):
                yield f"module-{name}: {source.get('url') or source.get('path')} has no sum (sha256)"
            if source["type"] not in {"file", "archive", "dir"}:
                yield f"module-{name}: a source of the kind {source['type']} is not held to a sum"
            if not source.get("url", "https:").startswith("https:"):
                yield f"module-{name}: {source['url']} is not asked for over https"


_RULES: tuple[Callable[[Manifest], Iterator[str]], ...] = (_id, _kinds, _windows, _names, _sources)
