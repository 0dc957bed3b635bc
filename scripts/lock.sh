#!/bin/sh
# Compile requirements/*.txt from pyproject.toml: every version pinned with hashes, no index named. Needs uv.
set -eu
cd "$(dirname -- "$0")/.."
compile() {
    out=$1
    shift
    uv pip compile pyproject.toml "$@" --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-emit-find-links --no-header --no-annotate --quiet -o "requirements/$out.txt"
}
# What was pinned before stays pinned where it still fits: `scripts/lock.sh --upgrade` takes the newest of everything.
if [ "${1:-}" = --upgrade ]; then rm -f requirements/*.txt; else
    cat requirements/*.txt | sed 's/ \\$//' | grep '==' | sort -u >requirements/before.tmp
    rm -f requirements/*.txt
    mv requirements/before.tmp requirements/all.txt
fi
compile all --all-extras
compile base -c requirements/all.txt
for extra in scale distributed witnesses hotline linkage models photos test dev browser; do compile "$extra" --extra "$extra" -c requirements/all.txt; done
rm requirements/all.txt
