#!/bin/bash
# sign.sh APP IDENTITY      sign LyncDesk.app from the inside out; "-" as identity signs for this Mac alone
#
# IDENTITY is a "Developer ID Application: NAME (TEAM)" of the keychain; `security find-identity -v -p codesigning` lists
# them. `codesign --deep` is not enough: it passes by what lies in Resources, and gives the libraries the entitlements
# of the programs. So each Mach-O file is signed by itself, then each framework, then the programs, then the whole.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$here/common.sh"

[ $# -eq 2 ] || die "give the application and the identity: sign.sh dist/LyncDesk.app 'Developer ID Application: ...'"
app=$(app "$1")
identity=$2
need codesign

# The hardened runtime loads no library that is not signed by the same team, and "-" is none: such an application would
# end before it begins. It is wanted by the notarisation alone, which takes no such signature anyway.
options=(--options runtime --timestamp)
[ "$identity" != - ] || options=(--timestamp=none)
sign() {
    codesign --force "${options[@]}" --sign "$identity" "$@"
}

# What macOS asks in the person's language is in the seal, so it is put in before.
cp -R "$here/de.lproj" "$app/Contents/Resources/"

# Links lead to files that come by themselves, so only files. The programs come last, with their entitlements.
find "$app/Contents" -type f ! -path "$app/Contents/MacOS/lyncdesk*" -print0 | while IFS= read -r -d '' file; do
    case $(file -b "$file") in
        Mach-O*) sign "$file" ;;
    esac
done

# The deepest first, so that the seal of one that holds another is made over the other's.
find "$app/Contents" -depth -type d -name '*.framework' -print0 | while IFS= read -r -d '' framework; do
    sign "$framework"
done

for program in lyncdesk lyncdesk-gui; do
    sign --entitlements "$here/entitlements.plist" --identifier "$ID" "$app/Contents/MacOS/$program"
done
sign --entitlements "$here/entitlements.plist" "$app"

codesign --verify --strict --deep --verbose=2 "$app"
echo "$app is signed by: $identity"
