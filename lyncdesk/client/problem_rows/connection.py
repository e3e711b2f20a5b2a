"""Problems on the way to the server: its address, encryption, proxies, the network."""

from __future__ import annotations

from lyncdesk.client.problem_rows.row import ProblemRow, Retry

CONNECTION: tuple[ProblemRow, ...] = (
    ProblemRow(
        "server-address",
        "The server address cannot be used.",
        "{server} is not a complete address of Exchange Web Services: {code}.",
        "Correct the server address; it looks like https://mail.example.com/EWS/Exchange.asmx.",
        Retry.NEVER,
        account=True,
        trigger="The address is empty, names no host, or begins with something else than https:. Nothing"
        " is sent.",
    ),
    ProblemRow(
        "insecure-address",
        "The server address is not encrypted.",
        "The address of {server} begins with http:, so your password would travel readable to others. Nothing"
        " was sent.",
        "Use an address that begins with https:.",
        Retry.NEVER,
        account=True,
        trigger="The address begins with http: and is not this computer's own (127.0.0.1, ::1, localhost).",
    ),
    ProblemRow(
        "exchange-online",
        "Exchange Online no longer accepts this kind of connection.",
        "The server {server} belongs to Exchange Online, which has blocked Exchange Web Services for most"
        " organisations since October 2026.",
        "Use an Exchange Server of your own organisation, or ask your administrator whether LyncDesk may be"
        " listed.",
        Retry.NEVER,
        trigger="The host is one of Exchange Online's (outlook.office365.com and its like): known before a"
        " password is asked for. Also HTTP 401 or 403 from such a host.",
    ),
    ProblemRow(
        "server-not-found",
        "No Exchange server was found for your address.",
        "{server} tells of no Exchange server, in none of the ways that Exchange has for it (Autodiscover).",
        "Check your e-mail address, or enter the server address. Your administrator or help desk knows it.",
        Retry.NO,
        account=True,
        trigger="No server address is given, and none of the domain's Autodiscover addresses, its redirect"
        " and its SRV records leads to one.",
    ),
    ProblemRow(
        "server-elsewhere",
        "Your organisation refers to a server of somebody else.",
        "{domain} refers to {server}, which is not one of its own names. Your password was not sent there.",
        "If you know that {server} keeps your organisation's mail, enter"
        " https://{server}/autodiscover/autodiscover.xml as server address. Otherwise ask your"
        " administrator.",
        Retry.NO,
        account=True,
        trigger="Autodiscover refers to a host outside of the domain, by a redirect of any kind or a SRV"
        " record.",
    ),
    ProblemRow(
        "ca-file",
        "The file of trusted certificates cannot be used.",
        "The certificate authority file for {server} was not read: {code}. Nothing was sent.",
        "Check the file with trusted certificates, or tell your administrator (policy TrustedCaFile).",
        account=True,
        trigger="The file is missing, may not be read, or holds no certificate in PEM form.",
    ),
    ProblemRow(
        "clock-wrong",
        "This computer's clock is wrong.",
        "{server} says that it is {date}, when its certificate is valid; by this computer's clock it is"
        " not. Your password was not sent.",
        "Set this computer's date and time, best automatically, or ask your help desk.",
        trigger="The certificate is not valid by this computer's clock, but it is at the time that the"
        " server's Date header tells (asked for once, without credentials).",
    ),
    ProblemRow(
        "certificate-expired",
        "The server's certificate has expired.",
        "The certificate of {server} was valid until {date}, so the connection is not safe. Your password was"
        " not sent.",
        "Ask the administrator of the server to renew it. Check that this computer's date is right.",
        trigger="The certificate's end lies in the past (OpenSSL 10), and the server's Date header does not"
        " contradict.",
    ),
    ProblemRow(
        "certificate-early",
        "The server's certificate is not valid yet.",
        "The certificate of {server} is valid from {date} on. Your password was not sent.",
        "Check that this computer's date is right; if it is, ask the administrator of the server.",
        trigger="The certificate's beginning lies in the future (OpenSSL 9), and the server's Date header"
        " does not contradict.",
    ),
    ProblemRow(
        "certificate-host-name",
        "The server's certificate is for another name.",
        "The certificate of {server} was issued for {names}. Your password was not sent.",
        "Use the name that the certificate is for as server address, or ask the administrator of the server"
        " for a certificate with this name.",
        account=True,
        trigger="None of the certificate's names or addresses is that of the server address (OpenSSL 62,"
        " 64).",
    ),
    ProblemRow(
        "certificate-self-signed",
        "The server's certificate is vouched for by nobody.",
        "{server} issued its certificate itself, so nobody says that it is who it claims to be. Your"
        " password was not sent.",
        "Ask the administrator of the server for a certificate of an authority, or for this certificate as"
        " a file to be trusted (policy TrustedCaFile).",
        trigger="A self-signed certificate (OpenSSL 18), as Exchange has right after it was installed.",
    ),
    ProblemRow(
        "certificate-untrusted",
        "The server's certificate is not trusted.",
        "The certificate of {server} was issued by {issuer}, whom this computer does not know. Your"
        " password was not sent.",
        "Ask your administrator for the organisation's certificate authority file (policy TrustedCaFile).",
        trigger="The issuer is not among the system's authorities and not in the administrator's file"
        " (OpenSSL 19, 20, 21), or the server does not send the certificates in between.",
    ),
    ProblemRow(
        "certificate-unusable",
        "The server's certificate cannot be used.",
        "The certificate of {server} is not good for this: {code}. Your password was not sent.",
        "Tell the administrator of the server what it says.",
        trigger="Every other result of the verification: revoked, for another purpose, a key that is too"
        " weak.",
    ),
    ProblemRow(
        "client-certificate",
        "The server wants a certificate from you.",
        "{server} lets in only who shows a certificate of its own, which LyncDesk cannot.",
        "Ask your Exchange administrator for an address of Exchange Web Services that asks for no"
        " certificate of the client.",
        Retry.NO,
        trigger='TLS ends with "certificate required"; HTTP 496; HTTP 403.7 of IIS or 400 of nginx that'
        " says so.",
    ),
    ProblemRow(
        "not-encrypted",
        "The server does not speak TLS there.",
        "{server} answered without encryption on a port where encryption was expected.",
        "Check the port in the server address.",
        account=True,
        trigger="Plain HTTP, or another protocol, on the port of an https: address.",
    ),
    ProblemRow(
        "encryption-old",
        "The server's encryption is too old.",
        "{server} knows only versions of TLS that are not safe any more. Your password was not sent.",
        "Ask the administrator of the server to allow TLS 1.2 or newer (an update of Windows Server or of"
        " what stands before Exchange).",
        trigger="The server agrees to nothing newer than TLS 1.1.",
    ),
    ProblemRow(
        "encryption-failed",
        "No safe connection could be agreed.",
        "{server} and this computer found no common way to encrypt: {code}. Your password was not sent.",
        "Tell the administrator of the server; it may need an update.",
        trigger="The TLS handshake ends in any other way: no common cipher, the connection closed within it.",
    ),
    ProblemRow(
        "proxy-password",
        "The proxy wants a password.",
        "The way to {server} leads through a proxy that lets nobody through without a user name and"
        " password of its own. Your password for Exchange was not sent to it.",
        "Ask your administrator for a way to Exchange without this proxy, or for its exception list"
        " (NO_PROXY).",
        trigger="HTTP 407, also in answer to CONNECT.",
    ),
    ProblemRow(
        "proxy-refused",
        "The proxy does not let LyncDesk through to Exchange.",
        "The proxy on the way to {server} refused to connect: {code}.",
        "Check the server address. If it is right, ask your administrator to allow it at the proxy.",
        account=True,
        trigger="Any other refusal of CONNECT: 403 of a filter, 502 or 503 if the proxy cannot reach the"
        " server.",
    ),
    ProblemRow(
        "proxy-failed",
        "The proxy does not answer.",
        "The way to {server} leads through a proxy that could not be reached, or ended the connection.",
        "Check the proxy settings of this computer, or ask your administrator.",
        trigger="The proxy's name is unknown, its port closed, or it hangs up before it answered.",
    ),
    ProblemRow(
        "name-not-found",
        "The server's name could not be found.",
        "No address is known for {server}.",
        "Check the network or VPN, then how your e-mail address or the server address is spelt. If all is"
        " right, tell your administrator.",
        account=True,
        trigger="The name cannot be resolved: it does not exist, or DNS cannot be reached.",
    ),
    ProblemRow(
        "connection-refused",
        "The server does not accept connections.",
        "{server} could not be reached, or refused or closed the connection.",
        "Nothing to do at once: LyncDesk tries again. If it lasts, tell your administrator.",
        trigger="Nothing listens on the port, no route, a reset, or the connection closed without an"
        " answer, also in the middle of signing in by NTLM.",
    ),
    ProblemRow(
        "timed-out",
        "Exchange did not answer.",
        "{server} did not answer in time.",
        "Nothing to do at once: LyncDesk tries again. If it lasts, check the network or tell your"
        " administrator.",
        trigger="No connection within 15 seconds, silence of 30 seconds, an answer that takes longer than"
        " 45 seconds (half-open connections, bytes that drip), HTTP 408 or 504; and a worker that hangs"
        " for 60 seconds, which is replaced.",
    ),
)
