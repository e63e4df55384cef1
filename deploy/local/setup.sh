#!/bin/sh
# What must be there before Python can take over: Debian packages and the virtual environment.
# Usage: setup.sh run|test. Nothing to do from the second time on; says so before it installs anything.
set -eu
cd "$(dirname "$0")/../.."
purpose=$1

say() { printf '%s\n' "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }
has_library() { PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep -q "$1"; }

# The distribution's own first: it is built with profile-guided optimisation, which one of a version manager seldom is.
# Measured with 3.11 both times: a fifth more commands a second.
python_that_fits() {
    for modules in 'ensurepip, venv' sys; do
        for candidate in /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11; do
            if have "$candidate" &&
                "$candidate" -c "import $modules, sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null; then
                say "$candidate"
                return
            fi
        done
    done
}

java_fits() {
    have java && java -version 2>&1 | awk -F'["._-]' 'NR == 1 { exit !($2 + 0 >= 17) }'
}

has_browser() { have chromium || have google-chrome || ls "$HOME"/.cache/ms-playwright/chromium-* >/dev/null 2>&1; }
is_debian() { grep -qx ID=debian /etc/os-release; }
has_package_lists() { ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1; }

# Debian 13 has no Java 17 any more; its default is newer, and Kafka runs on it too.
java_package() {
    if has_package_lists && ! apt-cache show openjdk-17-jre-headless >/dev/null 2>&1; then
        say default-jre-headless
    else
        say openjdk-17-jre-headless
    fi
}

missing_packages() {
    python=$(python_that_fits)
    if [ -z "$python" ]; then
        say python3 python3-venv
    elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        say "$(basename "$(readlink -f "$(command -v "$python")")")-venv"
    fi
    if [ -z "${KAFKA_BOOTSTRAP:-}" ]; then
        java_fits || java_package
        have mvn || say maven
    fi
    if [ -z "${MONGO_URL:-}" ] && ! have mongod; then
        has_library libcurl.so.4 || say libcurl4
        has_library libssl.so.3 || say libssl3
    fi
    if [ "$purpose" = test ]; then
        have tesseract || say tesseract-ocr
        have tesseract && tesseract --list-langs 2>/dev/null | grep -qx ind || say tesseract-ocr-ind
        ! is_debian || has_browser || say chromium
    fi
}

install_packages() {
    if [ "$(id -u)" = 0 ]; then
        root=
    elif have sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        root=sudo
    else
        say "Packages are missing and only an administrator can add them. Type this line, then run again:"
        say "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
        exit 1
    fi
    say "Installing with apt-get (once): $*"
    install="$root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $*"
    has_package_lists || $root apt-get update -qq
    if ! $install >"$log" 2>&1; then
        # The lists may be older than the packages that they name.
        $root apt-get update -qq
        $install >"$log" 2>&1 || { tail -n 3 "$log"; say "apt-get could not install them: read $log, then run again."; exit 1; }
    fi
}

prepare_environment() {
    wanted=$(sha256sum requirements/all.txt | cut -d' ' -f1)
    if [ "$(cat .venv/.requirements 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; then
        return
    fi
    say "Installing the Python packages (once, about a minute)"
    if ! .venv/bin/python -c '' 2>/dev/null; then
        rm -rf .venv
        "$(python_that_fits)" -m venv .venv
    fi
    .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/all.txt
    say "$wanted" >.venv/.requirements
}

prepare_browser() {
    has_browser && return
    # Ubuntu's chromium package only leads to its app store.
    say "Fetching a browser for the tests (once)"
    .venv/bin/python -m playwright install --with-deps chromium
}

mkdir -p .local
log=.local/apt.log
packages=$(missing_packages | tr '\n' ' ')
# shellcheck disable=SC2086  # a list of words
[ -z "${packages% }" ] || install_packages $packages
prepare_environment
[ "$purpose" != test ] || prepare_browser
