#!/bin/bash
# sudo remove.sh      remove LyncDesk from this Mac; what is each person's own stays, and is named at the end
set -euo pipefail

ID=org.lyncdesk.LyncDesk
app=/Applications/LyncDesk.app
[ "$(id -u)" = 0 ] || { echo "remove.sh: run it as root (sudo)" >&2; exit 1; }

person=$(stat -f %Su /dev/console)
if [ -x "$app/Contents/MacOS/lyncdesk" ] && [ "$person" != root ]; then
    launchctl asuser "$(id -u "$person")" sudo -u "$person" "$app/Contents/MacOS/lyncdesk" quit >/dev/null 2>&1 || true
fi
rm -f "/Library/LaunchAgents/$ID.plist" /Users/*/Library/LaunchAgents/"$ID.plist"
rm -rf "$app"
pkgutil --forget "$ID" >/dev/null 2>&1 || true
echo "LyncDesk is removed. Of each person stay, in the own Library: 'Application Support/lyncdesk' (settings, contacts,"
echo "history), 'Logs/lyncdesk', and a password in the keychain under 'LyncDesk'."
