"""Where this machine has its packages from, as variables for tools that run in a home of their own.

pip's configuration of this machine, whatever it is, for pip itself, pipx (which runs it) and uv. No place is
known here.
"""

import os
import subprocess
import sys

# Names of pip's options, and what uv calls the same (and what parts its values).
_FOR_UV = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
}
# Proxies and certificates, by whatever name a tool looks.
_KEPT = ("PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "UV_", "PIP_")


def index_environment() -> dict[str, str]:
    """The variables; caches are those of this machine, or each environment would be fetched anew."""
    said = _output(sys.executable, "-m", "pip", "config", "list")
    settings = {}
    for line in said.splitlines():
        name, _, value = line.partition("=")
        if name.startswith((":env:.", "global.")) and not name.endswith(".constraint"):
            settings[name.rpartition(".")[2]] = value.strip("'\"")
    found = {name: value for name, value in os.environ.items() if any(each in name.upper() for each in _KEPT)}
    for name, value in settings.items():
        found[f"PIP_{name.upper().replace('-', '_')}"] = value
        if name in _FOR_UV:
            variable, separator = _FOR_UV[name]
            found[variable] = separator.join(value.split())
    # As pip does: all places are equal.
    found["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    found["PIP_CACHE_DIR"] = _output(sys.executable, "-m", "pip", "cache", "dir").strip()
    found["UV_CACHE_DIR"] = _output("uv", "cache", "dir").strip()
    return found


def _output(*command: str) -> str:
    path = f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"  # noqa: PTH120
    done = subprocess.run(
        command, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=True
    )
    return done.stdout
