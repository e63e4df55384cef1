#!/bin/sh
# The command that builds images here: podman, or docker where its daemon answers. CONTAINER_ENGINE overrides both.
set -eu
if [ -n "${CONTAINER_ENGINE:-}" ]; then
    printf '%s\n' "$CONTAINER_ENGINE"
elif command -v podman >/dev/null; then
    # podman asks for crun first and gives up where only runc is installed.
    if command -v crun >/dev/null || ! command -v runc >/dev/null; then echo podman; else echo "podman --runtime runc"; fi
elif command -v docker >/dev/null && docker info >/dev/null 2>&1; then
    echo docker
else
    echo "Neither podman nor a running docker was found: apt-get install podman" >&2
    exit 1
fi
