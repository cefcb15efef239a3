#!/usr/bin/env bash
# Set up, once, what the Makefile's targets need:
#
#   tools/setup.sh run    the report: system libraries and fonts, .venv with the locked packages
#   tools/setup.sh dev    besides, what the tests and checks need
#
# PYTHON=python3.12 names the interpreter; SYSTEM=skip leaves the system's packages alone.
#
# Order: decide everything, then the system's packages, then .venv. A level of .venv counts as
# complete only when its stamp, written last, fits the locks, the interpreter and the place of
# the checkout; whatever else is found in .venv is thrown away and made again.
set -euo pipefail
cd "$(dirname "$0")/.."

RUN_PACKAGES="${RUN_PACKAGES:-libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig \
fonts-noto-core fonts-noto-cjk}"
DEV_PACKAGES="${DEV_PACKAGES:-poppler-utils qpdf chromium minisign postgresql postfix \
python3-dkim}"
LIBRARIES="libpango-1.0 libpangoft2-1.0 libharfbuzz-subset libfontconfig"
FONTS="Noto Sans,Noto Serif,Noto Sans CJK SC,Noto Serif CJK SC,Noto Sans CJK JP,Noto Serif CJK JP"
BREW="brew install pango fontconfig poppler qpdf minisign && brew install --cask font-noto-sans \
font-noto-serif font-noto-sans-cjk font-noto-serif-cjk"

# The locked packages have wheels for these.
OLDEST=3.11
NEWEST=3.14
# Raised whenever this script makes .venv in another way.
LAYOUT=1

say() { printf 'setup: %s\n' "$*"; }

stop() { # sentences; after them, if need be, -- and a command to copy
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        printf 'setup: %s\n' "$1" >&2
        shift
    done
    if [ $# = 2 ]; then
        printf '\n    %s\n\n' "$2" >&2
    fi
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# --- the interpreter ---------------------------------------------------------------------------

suits() { # interpreter
    "$1" -c "import sys
version = '%d.%02d' % sys.version_info[:2]
sys.exit(not '$OLDEST' <= version <= '$NEWEST')" 2>/dev/null
}

version_of() { # interpreter
    "$1" --version 2>/dev/null || echo "not there"
}

find_python() { # prints the path of an interpreter that is not itself a virtual environment's
    local name
    for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if suits "$name"; then
            "$name" -c 'import sys; print(getattr(sys, "_base_executable", sys.executable))'
            return
        fi
    done
    name="${PYTHON:-python3}"
    stop "reportgen needs Python $OLDEST to $NEWEST; $name is $(version_of "$name")" \
        "name another one, for example: make report PYTHON=/path/to/python3.12"
}

can_make_environments() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

can_be_mended() { # interpreter; Debian has these modules of its own Python in a package
    case "$1" in /usr/bin/*) is_debian && [ "${SYSTEM:-}" != skip ] ;; *) false ;; esac
}

is_debian() { has apt-get && has dpkg-query; }

# --- the system's packages ---------------------------------------------------------------------

wanted_packages() { # level
    echo "$RUN_PACKAGES"
    if [ "$1" = dev ]; then
        echo "$DEV_PACKAGES"
    fi
    if [ -n "$python" ] && ! can_make_environments "$python"; then
        "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
    fi
}

has_browser() { has chromium || has chromium-browser || has google-chrome; }

has_mail_server() { # another than Postfix, which would have to go for it
    dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' 2>/dev/null |
        grep '^installed .*mail-transport-agent' | grep -v '^installed postfix ' >/dev/null
}

missing_packages() { # level
    local installed package
    # shellcheck disable=SC2046
    set -- $(wanted_packages "$1")
    installed=" $(dpkg-query -W -f '${db:Status-Status}=${Package} ' "$@" 2>/dev/null || true)"
    for package in "$@"; do
        case "$installed" in *" installed=$package "*) continue ;; esac
        # Ubuntu has its browser as a snap only; without one the browser's tests are skipped.
        if [ "$package" = chromium ] && { has_browser || grep -qs '^ID=ubuntu' /etc/os-release; }
        then
            continue
        fi
        # A machine keeps the mail server it has; the tests with Postfix are then skipped.
        if [ "$package" = postfix ] && has_mail_server; then
            continue
        fi
        printf '%s ' "$package"
    done
}

privilege() { # prints how to become root; fails when that is not possible without asking in vain
    if [ "$(id -u)" = 0 ]; then
        echo env
    elif has sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        echo sudo env
    else
        return 1
    fi
}

are_listed() { # packages
    local package
    for package in "$@"; do
        apt-cache show "$package" >/dev/null 2>&1 || return 1
    done
}

apt_command() { # packages; prints what a person types
    local root=""
    if [ "$(id -u)" != 0 ] && has sudo; then
        root="sudo "
    fi
    if ! are_listed "$@"; then
        printf '%sapt-get update && ' "$root"
    fi
    printf '%sapt-get install --no-install-recommends %s\n' "$root" "$*"
}

apt() { # privilege, then the arguments of apt-get; only errors are shown
    $1 DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "${@:2}" \
        </dev/null >/dev/null
}

apt_install() { # privilege, then packages
    apt "$1" install -y --no-install-recommends "${@:2}"
}

# The tests start servers of their own: what the packages bring stays without a configuration of
# Postfix and without a cluster of PostgreSQL, so that nothing listens, now or after a restart.
CLUSTERS=/etc/postgresql-common/createcluster.d

set_up_no_servers() { # privilege, then packages
    case " ${*:2} " in *" postfix "*)
        echo "postfix postfix/main_mailer_type select No configuration" |
            $1 debconf-set-selections ;;
    esac
    case " ${*:2} " in *" postgresql "*)
        $1 mkdir -p "$CLUSTERS"
        echo "create_main_cluster = false" | $1 tee "$CLUSTERS/reportgen.conf" >/dev/null ;;
    esac
}

forget_no_servers() { # privilege; what somebody else installs later is set up as usual
    $1 rm -f "$CLUSTERS/reportgen.conf"
}

set_up_debian() { # level
    local missing root failed=0
    missing="$(missing_packages "$1")"
    # shellcheck disable=SC2086
    set -- $missing
    if [ $# = 0 ]; then
        return
    fi
    if ! root="$(privilege)"; then
        stop "these system packages are missing: $*" \
            "nothing has been changed; install them as root, then run make again:" \
            -- "$(apt_command "$@")"
    fi
    say "installing system packages (a minute or two): $*"
    if ! are_listed "$@"; then
        apt "$root" update || say "apt-get update failed; trying with the lists at hand"
    fi
    set_up_no_servers "$root" "$@"
    # A list that is out of date names files that are gone.
    apt_install "$root" "$@" || { apt "$root" update && apt_install "$root" "$@"; } || failed=1
    forget_no_servers "$root"
    if [ "$failed" = 1 ]; then
        stop "apt could not install them; try it by hand, then run make again:" \
            -- "$(apt_command "$@")"
    fi
}

has_library() { # name without ending
    local folder
    if has ldconfig || [ -x /sbin/ldconfig ]; then
        PATH="$PATH:/sbin" ldconfig -p | grep "$1\.so" >/dev/null && return
    fi
    for folder in "$(brew --prefix 2>/dev/null || true)/lib" /opt/homebrew/lib /usr/local/lib; do
        compgen -G "$folder/$1*.dylib" >/dev/null && return
    done
    return 1
}

missing_parts() { # libraries and font families that are not there
    local library families IFS
    for library in $LIBRARIES; do
        has_library "$library" || printf '%s, ' "$library"
    done
    families=",$(fc-list : family 2>/dev/null | tr '\n' ','),"
    IFS=,
    for family in $FONTS; do
        case "$families" in *",$family,"*) ;; *) printf '%s, ' "$family" ;; esac
    done
}

set_up_elsewhere() {
    local missing
    missing="$(missing_parts)"
    if [ -z "$missing" ]; then
        return
    fi
    if [ "$(uname -s)" = Darwin ]; then
        stop "not found: ${missing%, }" \
            "nothing has been changed; install them with Homebrew, then run make again:" \
            -- "$BREW"
    fi
    stop "not found: ${missing%, }" \
        "install them (Pango, HarfBuzz, fontconfig, Noto fonts), then run make again"
}

set_up_system() { # level
    if [ "${SYSTEM:-}" = skip ]; then
        return
    elif is_debian; then
        set_up_debian "$1"
    else
        set_up_elsewhere
    fi
}

# --- .venv -------------------------------------------------------------------------------------

key() { # interpreter, level; what the level of .venv was made from
    "$1" - "$LAYOUT" "$2" <<'EOF'
import hashlib, pathlib, sys

layout, level = sys.argv[1:]
made_from = [layout, str(sys.version_info[:2]), sys.base_prefix, str(pathlib.Path.cwd())]
locks = ("run", "dev") if level == "dev" else ("run",)
made_from += [pathlib.Path(f"requirements/{lock}.txt").read_text() for lock in locks]
print(hashlib.sha256("\0".join(made_from).encode()).hexdigest())
EOF
}

is_complete() { # level
    local interpreter=.venv/bin/python
    if [ -e .venv/.unfinished ] || [ ! -f ".venv/.$1" ]; then
        return 1
    fi
    "$interpreter" -c "" 2>/dev/null || return 1
    if [ -n "${PYTHON:-}" ]; then
        interpreter="$python"
    fi
    [ "$(cat ".venv/.$1")" = "$(key "$interpreter" "$1")" ]
}

discard_unfinished() {
    rm -rf "$log"
    if [ -e .venv/.unfinished ]; then
        rm -rf .venv
        say "nothing half-done was left: .venv is removed" >&2
    fi
}

explain() { # why pip failed, from its log
    if grep -qE 'NewConnectionError|ConnectTimeout|ReadTimeout|NameResolution|ProxyError|SSLError|ConnectionResetError' "$log"; then
        say "pip could not reach a package index: look at the network, the proxy or PIP_INDEX_URL"
    elif grep -q 'DO NOT MATCH THE HASHES' "$log"; then
        say "a downloaded package is not the one that requirements/ names"
    elif grep -q 'No matching distribution' "$log"; then
        say "the package index has no wheel of a locked version for $("$python" -VV) on $(uname -sm)"
    else
        say "pip could not install the packages"
    fi >&2
}

pip_install() { # level; only wheels, so that nothing is fetched that the lock does not name
    local progress=off
    if [ -t 1 ]; then
        progress=on
    fi
    if ! PIP_USER=0 .venv/bin/python -m pip --disable-pip-version-check --no-input -qq \
        --log "$log" install --require-hashes --no-deps --only-binary :all: \
        --progress-bar "$progress" -r "requirements/$1.txt"; then
        # pip fetches everything before it touches anything: until then .venv is as it was.
        if [ "$1" = dev ] && ! grep -q 'Installing collected packages' "$log"; then
            rm .venv/.unfinished
        fi
        explain
        exit 1
    fi
}

install_reportgen() { # the checkout itself: importable in place, and its command
    local folder
    folder="$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
    pwd -P >"$folder/reportgen.pth"
    # Started by sh, because a shebang can hold neither a space nor a long path.
    cat >.venv/bin/reportgen <<EOF
#!/bin/sh
'''exec' "$(pwd -P)/.venv/bin/python" "\$0" "\$@"
' '''
import sys

from reportgen.cli import main

if __name__ == "__main__":
    sys.exit(main())
EOF
    chmod +x .venv/bin/reportgen
}

make_environment() {
    if [ -d .venv ] && [ -n "$(ls -A .venv)" ] && [ ! -e .venv/pyvenv.cfg ] &&
        [ ! -e .venv/.unfinished ]; then
        stop ".venv is there and is no virtual environment; move it away, then run make again"
    fi
    say "making .venv with $("$python" --version) and the locked packages (about 130 MB)"
    rm -rf .venv
    mkdir .venv
    touch .venv/.unfinished
    "$python" -m venv .venv >"$log" 2>&1 ||
        stop "$python could not make a virtual environment: $(tail -n 1 "$log")"
    pip_install run
    install_reportgen
    key .venv/bin/python run >.venv/.run
}

extend_environment() {
    say "adding what the tests and checks need (about 100 MB)"
    touch .venv/.unfinished
    pip_install dev
    key .venv/bin/python dev >.venv/.dev
}

set_up_environment() { # level
    if ! is_complete run || { [ "$1" = dev ] && [ -e .venv/.dev ]; }; then
        make_environment
        rm .venv/.unfinished
    fi
    if [ "$1" = dev ] && ! is_complete dev; then
        extend_environment
        rm .venv/.unfinished
    fi
    say "ready"
}

# -----------------------------------------------------------------------------------------------

level="${1:-}"
case "$level" in run | dev) ;; *) stop "which level: tools/setup.sh run|dev" ;; esac

# One setup at a time in a checkout.
exec 9<requirements/run.txt
if has flock; then
    flock 9
fi

python=""
if [ -n "${PYTHON:-}" ] || ! is_complete "$level"; then
    python="$(find_python)"
    can_make_environments "$python" || can_be_mended "$python" ||
        stop "$python lacks the modules venv and ensurepip; name another one with PYTHON="
fi
set_up_system "$level"
if ! is_complete "$level"; then
    log="$(mktemp)"
    trap discard_unfinished EXIT
    set_up_environment "$level"
fi
