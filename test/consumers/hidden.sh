#!/bin/sh
# hidden.sh <readelf> <libwengert.a>: fails if a symbol of Wengert in the archive isn't hidden, so that
# a user's library which it is linked into would export it.
set -eu
symbols=$("$1" -sW "$2" | awk '$5 ~ /GLOBAL|WEAK/ && $7 != "UND" && $8 ~ /^_Z(T[VIS])?NK?7wengert/ { print $6, $8 }')
! printf '%s\n' "$symbols" | grep -v '^HIDDEN' || { echo "exported" >&2; exit 1; }
printf '%s hidden symbols\n' "$(printf '%s\n' "$symbols" | wc -l)"
