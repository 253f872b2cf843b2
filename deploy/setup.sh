#!/usr/bin/env bash
# Makes this machine ready: Debian packages where some are missing, then .venv from the lock.
# Run by every make target that needs it; does nothing when nothing has changed.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "setup: $*" >&2; }

missing_packages() {
    sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' deploy/apt-packages.txt |
        while read -r name; do
            dpkg-query -W -f='${Status}' "${name%\?}" 2>/dev/null | grep -q 'install ok installed' ||
                printf '%s\n' "$name"
        done
}

there_are() {
    for name; do
        [[ $name != *\? ]] || apt-cache show "${name%\?}" >/dev/null 2>&1 || continue
        printf '%s\n' "${name%\?}"
    done
}

if command -v dpkg-query >/dev/null; then
    mapfile -t missing < <(missing_packages)
    if (($(id -u))) && ! command -v sudo >/dev/null; then
        # What can be done without is no reason to call an administrator
        mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sed '/?$/d;/^$/d')
    fi
    if ((${#missing[@]})); then
        as_root=()
        if (($(id -u))); then
            command -v sudo >/dev/null ||
                { say "ask an administrator to run: apt-get install ${missing[*]%\?}"; exit 3; }
            as_root=(sudo)
        fi
        say "installing ${missing[*]%\?}"
        "${as_root[@]}" apt-get update -qq
        mapfile -t missing < <(there_are "${missing[@]}")
        ((!${#missing[@]})) || "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    fi
else
    say "no Debian packages here: see deploy/apt-packages.txt for what has to be there"
fi

python=$(command -v python3.11 || command -v python3 || true)
[[ -n $python && $("$python" -c 'import sys; print(*sys.version_info[:2], sep=".")') == 3.11 ]] ||
    { say "Python 3.11 is needed, the one the lock was made for: install python3.11"; exit 3; }

if [[ ! -x .venv/bin/python ]]; then
    say "making .venv"
    "$python" -m venv .venv
fi
say "installing the lock (a minute or two the first time)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
    --no-build-isolation --editable .
.venv/bin/python -m pip check >/dev/null ||
    { say "the lock does not hold here:"; .venv/bin/python -m pip check >&2; exit 3; }
touch .venv/ready
say "ready"
