#!/bin/bash
# image.sh APP [IDENTITY]      the disk image LyncDesk-VERSION-PROCESSOR.dmg beside the application, signed if named by whom
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$here/common.sh"

case $# in 1 | 2) ;; *) die "give the application, and who signs: image.sh dist/LyncDesk.app ['Developer ID ...']" ;; esac
app=$(app "$1")
identity=${2:-}
need hdiutil

image=$(dirname "$app")/LyncDesk-$(said "$app" CFBundleShortVersionString)-$(processor_of "$app").dmg
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# ditto keeps links and signatures as they are.
ditto "$app" "$folder/LyncDesk.app"
ln -s /Applications "$folder/Applications"
rm -f "$image"
hdiutil create -quiet -volname LyncDesk -srcfolder "$folder" -fs HFS+ -format UDZO "$image"
[ -z "$identity" ] || codesign --sign "$identity" --timestamp "$image"
echo "$image"
