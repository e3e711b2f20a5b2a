# shellcheck shell=bash
# What the scripts beside it share: bash 3.2, as macOS has it.
set -euo pipefail

ID=org.lyncdesk.LyncDesk
export ID

die() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

need() {
    command -v "$1" >/dev/null 2>&1 || die "$1 is not there; this runs on a Mac, after 'xcode-select --install'"
}

# app APP      it is one; without a slash at its end
app() {
    [ -d "${1%/}/Contents/MacOS" ] || die "$1 is no application; 'make package ARGS=bundle' makes it, on a Mac"
    printf '%s\n' "${1%/}"
}

# said APP KEY      what the application says of itself
said() {
    plutil -extract "$2" raw -o - "$1/Contents/Info.plist"
}

# The processor for which it is built, as files are named.
processor_of() {
    lipo -archs "$1/Contents/MacOS/lyncdesk-gui" | tr ' ' '-'
}
