#!/bin/sh
# Builds images of this checkout. Usage: build.sh VERSION NAME...
# They stand on BASE, else on LOCAL_BASE if that was made here, else on the default of each Containerfile.
# Python packages come from the index that pip on this machine is set up for; the settings pass as build secrets, so
# none of them stays in an image.
set -eu
cd "$(dirname "$0")/../.."
version=$1
shift
engine=$(deploy/images/engine.sh)

if [ -z "${BASE:-}" ] && [ -n "${LOCAL_BASE:-}" ] && $engine image inspect "$LOCAL_BASE" >/dev/null 2>&1; then
    BASE=$LOCAL_BASE
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
authorities=${PIP_CERT:-${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}}
for python in .venv/bin/python python3; do
    if "$python" -m pip --version >/dev/null 2>&1; then break; fi
done
"$python" deploy/images/pip_settings.py >"$work/pip.conf"
if [ -s "$authorities" ]; then
    cp "$authorities" "$work/authorities"
    echo "cert = /run/secrets/authorities" >>"$work/pip.conf"
else
    : >"$work/authorities"
fi

for name in "$@"; do
    # shellcheck disable=SC2086  # a command with its options
    DOCKER_BUILDKIT=1 $engine build --network host \
        --file "deploy/images/$name.Containerfile" --tag "simpul/$name:$version" \
        --build-arg "VERSION=$version" ${BASE:+--build-arg "BASE=$BASE"} \
        --secret "id=pip,src=$work/pip.conf" --secret "id=authorities,src=$work/authorities" .
done
