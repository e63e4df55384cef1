#!/bin/sh
# A base image from Debian's own packages, for places without a container registry: bookworm and its Python, nothing else.
# Usage, as root: base.sh IMAGE. Takes the packages from where this machine takes its own.
set -eu
image=$1
here=$(dirname "$0")
suite=bookworm

say() { printf '%s\n' "$*"; }
die() { say "$*" >&2; exit 1; }

# "address component" of each Debian archive of the suite that this machine uses; empty on another distribution.
archives() {
    apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
        awk -v suite="$suite" '$2 ~ "^" suite && $3 == "main" { print $1, $2 }' | sort -u
}

[ "$(id -u)" = 0 ] || die "debootstrap needs root: sudo make base-image"
command -v debootstrap >/dev/null || die "debootstrap is missing: apt-get install debootstrap"
engine=$("$here/engine.sh")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
root=$work/root
mirror=$(archives | awk -v suite="$suite" '$2 == suite { print $1; exit }')

say "Unpacking Debian $suite (about a minute)"
# shellcheck disable=SC2086  # without a mirror debootstrap takes its own
debootstrap --variant=minbase --include=python3,ca-certificates "$suite" "$root" $mirror >"$work/log" 2>&1 ||
    { tail -n 5 "$work/log" >&2; die "debootstrap failed."; }

# Security fixes come from archives of their own.
archives | while read -r address name; do say "deb $address $name main"; done >"$root/etc/apt/sources.list.new"
if [ -s "$root/etc/apt/sources.list.new" ]; then
    mv "$root/etc/apt/sources.list.new" "$root/etc/apt/sources.list"
else
    rm "$root/etc/apt/sources.list.new"
fi
# An archive of a fixed day is past its date; where this machine accepts that, so does the image.
apt-config dump | grep -E '^Acquire::Check-(Valid-Until|Date) ' >"$root/etc/apt/apt.conf.d/10dates" || :
chroot "$root" sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get -qq -y dist-upgrade' >"$work/log" 2>&1 ||
    { tail -n 5 "$work/log" >&2; die "The security fixes could not be installed."; }

rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* \
    "$root"/usr/share/doc/* "$root"/usr/share/man/* "$root"/usr/share/info/* "$root"/usr/share/locale/*
: >"$root/etc/machine-id"
tar -C "$root" --numeric-owner --sort=name -cf "$work/root.tar" .
$engine import "$work/root.tar" "$image"
say "$image is ready: make images stands on it from now on"
