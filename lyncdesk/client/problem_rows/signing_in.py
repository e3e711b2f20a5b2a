"""Problems with the account and its password: Exchange was reached, and lets nobody in."""

from __future__ import annotations

from lyncdesk.client.problem_rows.row import ProblemRow, Retry

SIGNING_IN: tuple[ProblemRow, ...] = (
    ProblemRow(
        "refused-password",
        "Exchange refused your password.",
        "The server {server} did not accept the user name and password. LyncDesk sent them once and stopped,"
        " so that your account is not locked.",
        "Enter your password again. If it is right, check the user name; after many wrong attempts"
        " elsewhere, ask your help desk whether the account is locked.",
        Retry.NEVER,
        trigger="HTTP 401 (or 440) to a request with credentials: a Basic password, or the third message of"
        " NTLM, also inside Negotiate. The same is sent no second time, by no session and in no other way"
        " of signing in. Or the Kerberos server of the domain refused it (Negotiate with the extra), and then"
        " Exchange is not asked. A server that insists on channel binding behind something that ends TLS"
        " answers the same.",
    ),
    ProblemRow(
        "account-locked",
        "Your account is locked.",
        "{server} says that your account is locked, or may not sign in. LyncDesk stopped, so that it does not"
        " make things worse.",
        "Ask your help desk to unlock your account, then enter your password again.",
        Retry.NEVER,
        trigger='HTTP 401 with "is currently locked out" in its text, HTTP 456, or CLIENT_REVOKED or'
        " NAME_EXP of a Kerberos server.",
    ),
    ProblemRow(
        "account-disabled",
        "Your account is switched off.",
        "{server} says that your account is disabled. LyncDesk stopped, so that it does not make things"
        " worse.",
        "Ask your help desk to enable your account, then enter your password again.",
        Retry.NEVER,
        trigger="ErrorAccountDisabled.",
    ),
    ProblemRow(
        "password-expired",
        "Your password has expired.",
        "{server} wants a new password before it lets you in.",
        "Change your password as you do for your other programs, then enter the new one here.",
        Retry.NEVER,
        trigger="ErrorPasswordExpired or ErrorPasswordChangeRequired; a redirect to Outlook's page for a new"
        " password (expiredpassword.aspx); KEY_EXPIRED of a Kerberos server.",
    ),
    ProblemRow(
        "no-password",
        "Your password is needed.",
        "No password for this account is kept on this computer.",
        "Enter your password.",
        Retry.NEVER,
        trigger="There is none in the keyring. With Negotiate it is not needed where the computer has a"
        " ticket of Kerberos for the person. Nothing is sent.",
    ),
    ProblemRow(
        "no-ticket",
        "Your organisation's sign-in does not reach as far as Exchange.",
        "{server} lets you in with a Kerberos ticket, and this computer has none that is good for it: {code}."
        " No password was sent.",
        "Connect to your organisation's network or VPN and sign in there again (on Linux and macOS: kinit),"
        " or enter your password. LyncDesk looks for a ticket at every check.",
        Retry.NO,
        trigger="Negotiate was chosen and there is no password: Kerberos has no ticket of the person, an"
        " expired one, no KDC that answers, or does not know the server.",
    ),
    ProblemRow(
        "ticket-refused",
        "Exchange did not accept your Kerberos ticket.",
        "Your domain has given a ticket for {server}, and {server} refused it. Your password was not sent"
        " there.",
        "Ask your Exchange administrator to compare the server's clock and its key for HTTP/{server} with"
        " those of the domain. Until then another authentication with your password may work.",
        Retry.NO,
        account=True,
        trigger="HTTP 401 to a ticket of Kerberos, also to one that the password got: another key of the"
        " service principal, another clock, a person whom Exchange does not know, or channel binding behind"
        " something that ends TLS. The password is not taken for refused.",
    ),
    ProblemRow(
        "sign-in-method",
        "Exchange wants another way of signing in.",
        "{server} offers {code}, and not the way of signing in that LyncDesk is set to.",
        "Choose Automatic as authentication. If that does not help, ask your Exchange administrator to"
        " allow NTLM or basic authentication for Exchange Web Services.",
        Retry.NEVER,
        account=True,
        trigger="The WWW-Authenticate of a 401 does not name the way that was chosen, or with automatic"
        " none of NTLM, Basic and Negotiate; or the server does not go on with what it names.",
    ),
    ProblemRow(
        "kerberos-missing",
        "Signing in with Kerberos needs another part of LyncDesk.",
        "{server} lets people in by Negotiate with Kerberos only, and LyncDesk's part for that is not"
        " installed. Your password was not sent.",
        "Ask whoever installed LyncDesk to add it: lyncdesk[negotiate]. Or ask your Exchange administrator to"
        " allow NTLM for Exchange Web Services.",
        Retry.NEVER,
        trigger="The server offers Negotiate alone and does not take up NTLM inside it, and there is no"
        " library for Kerberos (the extra lyncdesk[negotiate]; Windows needs none).",
    ),
)
