"""Exchange Online is recognised by what is certain, and an organisation's own domain tells nothing."""

import pytest

from lyncdesk.client.exchange_online import is_online_address, is_online_server


@pytest.mark.parametrize(
    "address",
    [
        "anna@outlook.com",
        "anna@Hotmail.co.uk",
        "anna@live.de",
        "anna@msn.com",
        "anna@litware.onmicrosoft.com",
        "anna@litware.mail.onmicrosoft.com",
        " anna@OUTLOOK.fr ",
        "anna@litware.onmicrosoft.us",
    ],
)
def test_addresses_that_microsoft_alone_keeps_are_exchange_online(address: str) -> None:
    assert is_online_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "anna@litware.example",
        "anna@live.litware.example",
        "outlook.com",
        "",
        "anna@notoutlook.com",
        "a@outlook",
    ],
)
def test_other_addresses_are_not(address: str) -> None:
    assert not is_online_address(address)


@pytest.mark.parametrize(
    "server",
    [
        "https://outlook.office365.com/EWS/Exchange.asmx",
        "outlook.office365.com",
        "https://outlook.office.com",
        "HTTPS://Outlook.Office365.com:443/x",
        "smtp.office365.com",
        "outlook.office365.us",
        "https://partner.outlook.cn/EWS/Exchange.asmx",
    ],
)
def test_servers_of_exchange_online_are_recognised(server: str) -> None:
    assert is_online_server(server)


@pytest.mark.parametrize(
    "server",
    ["https://mail.litware.example", "", "https://[bad", "outlook.litware.example", "myoffice365.com"],
)
def test_other_servers_are_not(server: str) -> None:
    assert not is_online_server(server)
