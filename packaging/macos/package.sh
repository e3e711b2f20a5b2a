#!/bin/bash
# package.sh APP [IDENTITY]      the package LyncDesk-VERSION-PROCESSOR.pkg beside it, which management installs silently
#
# IDENTITY is a "Developer ID Installer: NAME (TEAM)", which is another one than that of the application.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$here/common.sh"

case $# in 1 | 2) ;; *) die "give the application, and who signs: package.sh dist/LyncDesk.app ['Developer ID ...']" ;; esac
app=$(app "$1")
identity=${2:-}
need pkgbuild

version=$(said "$app" CFBundleShortVersionString)
processor=$(processor_of "$app")
package=$(dirname "$app")/LyncDesk-$version-$processor.pkg
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/payload"
ditto "$app" "$folder/payload/LyncDesk.app"
# Installed where it belongs, not over a copy that somebody moved elsewhere.
pkgbuild --analyze --root "$folder/payload" "$folder/components.plist" >/dev/null
plutil -replace 0.BundleIsRelocatable -bool NO "$folder/components.plist"
pkgbuild --root "$folder/payload" --component-plist "$folder/components.plist" --identifier "$ID" --version "$version" \
    --install-location /Applications --scripts "$here/package" "$folder/component.pkg" >/dev/null
cp "$here/requirements.plist" "$folder"
plutil -replace os.0 -string "$(said "$app" LSMinimumSystemVersion)" "$folder/requirements.plist"
plutil -replace arch.0 -string "$processor" "$folder/requirements.plist"
productbuild --synthesize --product "$folder/requirements.plist" --package "$folder/component.pkg" "$folder/distribution.xml"
if [ -n "$identity" ]; then
    productbuild --distribution "$folder/distribution.xml" --package-path "$folder" --sign "$identity" --timestamp "$package"
else
    productbuild --distribution "$folder/distribution.xml" --package-path "$folder" "$package"
fi
echo "$package"
