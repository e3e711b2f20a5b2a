#!/bin/bash
# notarise.sh FILE PROFILE      let Apple look at a signed disk image or package, and attach what it says
#
# PROFILE is kept in the keychain once, with an app-specific password or a key of App Store Connect:
#   xcrun notarytool store-credentials PROFILE --apple-id YOU --team-id TEAM
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$here/common.sh"

[ $# -eq 2 ] || die "give the file and the profile: notarise.sh dist/LyncDesk-0.1.0-arm64.dmg PROFILE"
file=$1 profile=$2
[ -f "$file" ] || die "$file is not there; image.sh and package.sh make it"
need xcrun

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
# It ends with 0 also where Apple refuses, so its answer is what counts.
xcrun notarytool submit "$file" --keychain-profile "$profile" --wait --output-format plist >"$answer"
status=$(plutil -extract status raw -o - "$answer")
if [ "$status" != Accepted ]; then
    xcrun notarytool log "$(plutil -extract id raw -o - "$answer")" --keychain-profile "$profile" >&2 || true
    die "Apple says '$status' of $file; the lines above say of which files"
fi
xcrun stapler staple "$file"
xcrun stapler validate "$file"
case $file in
    *.pkg) spctl --assess --type install --verbose=2 "$file" ;;
    *) spctl --assess --type open --context context:primary-signature --verbose=2 "$file" ;;
esac
