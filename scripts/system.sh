#!/bin/sh
# Install the system packages that some tests use, where this may be done; otherwise say what to
# install. Never fails: without these packages the tests concerned are skipped and say why.
# `make run` needs none of them.
set -u

say() {
  echo "system: $*" >&2
}

java_is_new_enough() {
  version=$(java -version 2>&1) || return 1
  major=$(printf '%s\n' "$version" | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
  [ -n "$major" ] && [ "$major" -ge 17 ]
}

venv_works() {
  ${PYTHON:-python3} -c 'import ensurepip, venv' >/dev/null 2>&1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

postgres_is_there() {
  ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1
}

chromium_is_there() {
  command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
    command -v google-chrome >/dev/null 2>&1
}

node_is_new_enough() {
  command -v npm >/dev/null 2>&1 || return 1
  major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p')
  [ -n "$major" ] && [ "$major" -ge 18 ]
}

recorded_numbers_are_there() {
  [ -e /usr/share/asterisk/sounds/en_US_f_Allison/digits/hundred.wav ]
}

missing=
java_is_new_enough || missing='default-jre-headless'
venv_works || missing="$missing python3-venv"
postgres_is_there || missing="$missing postgresql"
chromium_is_there || missing="$missing chromium"
node_is_new_enough || missing="$missing nodejs npm"
command -v openssl >/dev/null 2>&1 || missing="$missing openssl"
command -v qpdf >/dev/null 2>&1 || missing="$missing qpdf"
command -v pdfsig >/dev/null 2>&1 || missing="$missing poppler-utils"
# Telephones and voices for the tests with sound; the last are numbers that a person recorded.
command -v baresip >/dev/null 2>&1 || missing="$missing baresip"
command -v sipp >/dev/null 2>&1 || missing="$missing sip-tester"
command -v flite >/dev/null 2>&1 || missing="$missing flite"
command -v sox >/dev/null 2>&1 || missing="$missing sox"
recorded_numbers_are_there || missing="$missing asterisk-core-sounds-en-wav"

if [ -z "$missing" ]; then
  say 'Java 17 or newer, Python with venv, PostgreSQL, Chromium, Node, openssl, qpdf, poppler,'
  say 'baresip, SIPp, flite, sox and recorded numbers are there'
elif ! command -v apt-get >/dev/null 2>&1; then
  say 'Spark tests need Java 17 or newer, and are skipped without it'
  say 'on macOS: brew install openjdk@17, and put its bin folder on the PATH'
elif [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
  say "not root; ask an administrator for: apt-get install $missing"
else
  say "installing $missing"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # a list of package names
  { as_root apt-get update -qq && as_root apt-get install -qq -y --no-install-recommends $missing; } >/dev/null ||
    say "could not install $missing; the tests that need it are skipped"
fi
exit 0
