#!/bin/sh
# Make the virtual environment named by $1 with the first Python that is new enough.
# PYTHON=/path/to/python names one; without it the usual names are tried.
set -eu

venv=$1
oldest='3.11'

fits() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if [ -x "$venv/bin/python" ] && fits "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
  exit 0
fi

found=
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 python}; do
  if fits "$candidate"; then
    found=$candidate
    break
  fi
done

if [ -z "$found" ]; then
  echo "make: no Python $oldest or newer found (tried: ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 python})." >&2
  echo "make: install one and name it, as in: make run PYTHON=/path/to/python3.12" >&2
  exit 1
fi

if ! "$found" -c 'import ensurepip, venv' >/dev/null 2>&1; then
  echo "make: $found cannot make virtual environments: its venv module is not installed." >&2
  echo "make: on Debian and Ubuntu: apt-get install python3-venv (or: make system, as root)" >&2
  exit 1
fi

echo "make: making $venv with $("$found" --version)" >&2
"$found" -m venv --clear "$venv"
