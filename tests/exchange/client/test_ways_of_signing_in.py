"""Which way of signing in is taken, and where credentials never go."""

import pytest
import requests

from lyncdesk.exchange.signing_in import SigningIn, UnsafeAddressError, chosen
from lyncdesk.exchange.translate import translate


@pytest.mark.parametrize("way", ["basic", "ntlm", "negotiate"])
def test_credentials_never_leave_this_computer_unencrypted(way: str) -> None:
    request = requests.Request("POST", "http://mail.example.com/EWS/Exchange.asmx")
    request.auth = SigningIn("EXAMPLE\\anna", "secret", way)
    with pytest.raises(UnsafeAddressError) as caught:
        request.prepare()
    assert translate(caught.value).problem == "insecure-address"


@pytest.mark.parametrize(
    ("offered", "way"),
    [
        ("", "basic"),
        ("basic", "basic"),
        ("ntlm", "ntlm"),
        ("negotiate", "negotiate"),
        ("basic ntlm negotiate", "ntlm"),
        ("basic negotiate", "basic"),
        ("negotiate ntlm", "ntlm"),
        ("digest bearer", None),
    ],
)
def test_what_is_taken_of_what_is_offered(offered: str, way: str | None) -> None:
    assert chosen("automatic", frozenset(offered.split())) == way
