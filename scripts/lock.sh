#!/usr/bin/env bash
# Write requirements/*.lock anew from pyproject.toml: every version with its hashes, no address of
# any index. One resolution of everything first, so that a package has one version in all files.
# Needs `uv` (name it in UV if it is not on the PATH). Newer versions: scripts/lock.sh --upgrade
set -euo pipefail
cd "$(dirname "$0")/.."

uv=${UV:-uv}
everything=$(mktemp)
trap 'rm -f "$everything"' EXIT

resolve() {
  "$uv" pip compile pyproject.toml --quiet --universal --python-version 3.11 \
    --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@"
}

[ "${1:-}" = --upgrade ] || cat requirements/*.lock 2>/dev/null | grep '==' | sed 's/ *\\$//' | sort -u >"$everything" || true
resolve --extra cluster --extra server --extra sign --extra x12check --extra speech --extra telephone \
  --group dev --group proof --group test-audio -o "$everything"

lock() {
  local name=$1
  shift
  resolve --generate-hashes --constraints "$everything" "$@" >"requirements/$name.lock"
}

lock base
lock bulk --extra bulk
lock cluster --extra cluster
lock server --extra server
lock dev --group dev
lock audio --extra speech --extra telephone --group test-audio
lock proof --group proof
"$uv" pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
  --no-emit-index-url --no-emit-find-links --generate-hashes --constraints "$everything" \
  --group pyproject.toml:build >requirements/build.lock

if grep -nE '://|--index|--find-links|--extra-index' requirements/*.lock; then
  echo "lock: a lock file names an address; see the lines above" >&2
  exit 1
fi
