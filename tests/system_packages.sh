#!/bin/sh
# System packages for tests: Chromium, fonts for the scripts of the thirteen languages, and strace to watch the network.
# Installed through apt-get where that is allowed; without them those tests are skipped with their reason.
set -eu
missing=""
command -v chromium >/dev/null 2>&1 || missing="chromium"
[ -d /usr/share/fonts/truetype/noto ] || missing="$missing fonts-noto-core"
command -v strace >/dev/null 2>&1 || missing="$missing strace"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" -eq 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo"; else as_root="none"; fi
if [ "$as_root" = none ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "Not installed (no right to, or no apt-get): $missing. Tests that need it will be skipped." >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 - a list of packages
$as_root apt-get -q update >/dev/null && $as_root apt-get -q -y install --no-install-recommends $missing >/dev/null
