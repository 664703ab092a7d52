#!/bin/sh
# Install the validators of FHIR that are written for Node, beside the virtual environment given as
# first argument: scripts/standards.sh .venv. Without Node the tests that need them are skipped.
set -eu

target="$1/standards"
here=$(dirname "$0")/../tests/standards/node

if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
  echo "standards: no Node here; the tests against its FHIR validators are skipped" >&2
  exit 1
fi
mkdir -p "$target"
cp "$here/package.json" "$here/package-lock.json" "$target/"
cd "$target"
if ! npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null; then
  echo "standards: npm could not install; the tests against its FHIR validators are skipped" >&2
  rm -rf node_modules
  exit 1
fi
