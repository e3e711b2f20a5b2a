"""Problems of the client itself: people, settings, policy, the keyring."""

from __future__ import annotations

from lyncdesk.client.problem_rows.row import ProblemRow, Retry

OWN: tuple[ProblemRow, ...] = (
    ProblemRow(
        "unknown-contact",
        "Nobody is known by this address.",
        "The directory has no entry for {address}.",
        "Check the address.",
        Retry.NEVER,
        trigger="A person is to be followed whom the directory does not know.",
    ),
    ProblemRow(
        "too-many-contacts",
        "Your contact list is full.",
        "It may hold {limit} people.",
        "Remove somebody first, or ask your administrator (policy MaximumNumberOfContacts).",
        Retry.NEVER,
        trigger="One more than the policy MaximumNumberOfContacts allows.",
    ),
    ProblemRow(
        "settings-broken",
        "Your settings could not be read.",
        "{where}: {what}.",
        "Defaults are used. The file was kept aside as {kept}; correct it, or set your options anew.",
        Retry.NEVER,
        trigger="The settings file is no TOML, or holds a value that is not allowed.",
    ),
    ProblemRow(
        "settings-not-saved",
        "Your settings could not be saved.",
        "{where}: {what}.",
        "They hold until LyncDesk ends. Make room on the disk, or let LyncDesk write there, and change them"
        " again.",
        Retry.NEVER,
        trigger="The disk is full, or the folder may not be written to.",
    ),
    ProblemRow(
        "start-not-written",
        "The start with the computer stays as it was.",
        "{where}: {what}.",
        "Make room on the disk, or let LyncDesk write there, and switch it again.",
        Retry.NEVER,
        trigger="The entry that starts LyncDesk at login cannot be written: the disk is full, something else"
        " lies in its place, or the folder may not be written to.",
    ),
    ProblemRow(
        "start-not-switched",
        "The start with the computer stays as it was.",
        "Your desktop was asked to switch it: {what}.",
        "Switch it in your desktop's own settings, where programs that start at login are listed.",
        Retry.NEVER,
        trigger="LyncDesk runs in a sandbox (Flatpak), where the desktop's portal switches the start; it"
        " refused, or there is none.",
    ),
    ProblemRow(
        "policy-invalid",
        "The administrator's policy has a mistake.",
        "{where}: {what}.",
        "Tell your administrator.",
        Retry.NEVER,
        trigger="The policy file is no TOML, a registry key or a property list cannot be read, or one of them"
        " holds an unknown key, or a value of a wrong type or out of its range. The rest of it holds.",
    ),
    ProblemRow(
        "program-replaced",
        "LyncDesk was updated, and needs a restart.",
        "This is version {version}, in whose place another was put while it ran. What it has not loaded yet"
        " may not fit any more.",
        "Restart LyncDesk. Nothing is lost.",
        Retry.NEVER,
        trigger="The program's files were replaced while it ran: a package was updated, or installed again.",
    ),
    ProblemRow(
        "version-unknown",
        "Whether there is a newer version could not be found out.",
        "{server} was asked. {why}",
        "Ask again later. If it stays like this, tell your administrator: the address may be wrong (policy"
        " NewerVersionUrl).",
        Retry.NEVER,
        trigger="A person asked for a newer version, and the address that was named gave no answer of use.",
    ),
    ProblemRow(
        "keyring-missing",
        "Passwords cannot be kept on this computer.",
        "No keyring answers: {code}.",
        "Your password is kept for this run only. Install or unlock a keyring (GNOME Keyring, KWallet) to"
        " keep it.",
        Retry.NEVER,
        trigger="The system has no keyring, it is locked, or it does not answer in time.",
    ),
    ProblemRow(
        "history-not-kept",
        "Your history is not being kept.",
        "{where}: {what}.",
        "LyncDesk tries again every two minutes, and goes on meanwhile. Make room on the disk, let LyncDesk"
        " write there, or end the other program that uses the file.",
        Retry.YES,
        trigger="The history is switched on, and its file cannot be opened or written: the disk is full, the"
        " folder may not be written to, another process has the file.",
    ),
    ProblemRow(
        "history-broken",
        "Your history could not be read.",
        "{where}: {what}.",
        "A new one is kept from now on. The file was kept aside as {kept}; “Delete history” deletes it too.",
        Retry.NEVER,
        trigger="The file of the history is no database, is damaged, is another program's, or was made by a"
        " newer LyncDesk.",
    ),
    ProblemRow(
        "history-not-deleted",
        "Your history could not be deleted.",
        "{where}: {what}.",
        "Delete the file yourself, or have it deleted again.",
        Retry.NEVER,
        trigger="The person had the history deleted, or forgot the account, and the file or its folder may"
        " not be written to.",
    ),
)
