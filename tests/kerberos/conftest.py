"""Signing in with Kerberos, which needs the extra ``negotiate`` and a KDC: ``make test`` runs these apart."""

from importlib.util import find_spec

# Without the extra there is nothing to test: what a client says then is in tests/exchange/client.
collect_ignore_glob = [] if find_spec("gssapi") and find_spec("krb5") else ["test_*.py"]
