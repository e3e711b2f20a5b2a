"""``lyncdesk newer``: whether there is a newer version. Asks once, where it is told to; changes nothing."""

from __future__ import annotations

import argparse

from lyncdesk.cli.exits import DONE, NOT_SO, REFUSED, WRONG_USE, fail, warn_of


def add_newer(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    newer = commands.add_parser("newer", help="whether there is a newer version; installs nothing")
    newer.add_argument(
        "--from", dest="place", metavar="URL", help="ask here, and not where the administrator says (https)"
    )
    newer.add_argument("--json", action="store_true")
    newer.set_defaults(run=_newer)


def _newer(arguments: argparse.Namespace) -> int:
    import asyncio
    import json

    import lyncdesk
    from lyncdesk import bootstrap
    from lyncdesk.client.ports import ProblemError
    from lyncdesk.client.releases import Compared
    from lyncdesk.client.secure_places import SECURE, is_place
    from lyncdesk.client.views.versions import newest_json, newest_lines, running_json
    from lyncdesk.client.words import Words
    from lyncdesk.exchange.releases import ask_newest
    from lyncdesk.machine.installed import installed
    from lyncdesk.machine.zone import LocalTime

    options, policy, _ = bootstrap.options_in_force()
    words = bootstrap.words_for(options, LocalTime())
    place = arguments.place if arguments.place is not None else options.newer_version_url
    warn_of(policy.problems, words)
    if not place:
        return fail(
            "nobody has named a place to ask; name one with --from, or the policy NewerVersionUrl", WRONG_USE
        )
    if not is_place(place):
        return fail(f"“{place}” cannot be asked; it takes {words(SECURE.range)}", WRONG_USE)
    running, how, english = lyncdesk.__version__, installed(), Words(zone=LocalTime())
    try:
        newest = asyncio.run(ask_newest(place, options.account))
    except ProblemError as error:
        told = error.problem
        if arguments.json:
            known = running_json(running, how, english)
            print(json.dumps({**known, "problem": told.name, "title": english(told.title)}))
        own = words("Ask again later, or correct the address.")
        remedy = own if arguments.place is not None else words(told.remedy)
        return fail(f"{words(told.title)} {words(told.cause)} {remedy}", REFUSED)
    if arguments.json:
        print(json.dumps(newest_json(newest, running, how, english), ensure_ascii=False))
    else:
        print("\n".join(newest_lines(newest, running, how, words)))
    return DONE if newest.compared is Compared.NEWER else NOT_SO
