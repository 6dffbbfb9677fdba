#!/bin/sh
# Create the release folder of a version: its files, packages and static files. Running portals are not affected.
#   release=$(sh deploy/make-release.sh VERSION [FOLDER])     # a tag or a commit ID; in /opt/actors-portal/releases
# Prints the folder. A complete folder stays unchanged. Requires git, and python3 with venv.
set -eu
version=${1:?Specify a version: a tag such as v0.1.0, or a commit ID.}
releases=${2:-/opt/actors-portal/releases}
checkout=$(cd "$(dirname "$0")/.." && pwd)
commit=$(git -C "$checkout" rev-parse --verify --quiet "$version^{commit}") || {
    echo "This checkout has no version $version. Run git fetch --tags." >&2
    exit 1
}
name=$(git -C "$checkout" describe --tags --exact-match "$commit" 2> /dev/null || git -C "$checkout" rev-parse --short=12 "$commit")
release=$releases/$name
if [ ! -e "$release/.whole" ]; then
    # All users can read a release, whatever the umask of root is; only root can write it.
    umask 022
    rm -rf "$release"
    mkdir -p "$release"
    git -C "$checkout" archive "$commit" | tar -x --no-same-permissions -C "$release"
    cd "$release"
    # Static files of the previous release, for pages that are still open: the file names contain hashes.
    if [ -d "$releases/../current/var/static" ]; then
        mkdir var
        cp -r "$releases/../current/var/static" var/
    fi
    python3 -c "import run; run.install('requirements.txt')" >&2
    # The settings refuse to load without secrets; these two are used for nothing else.
    SECRET_KEY=only-for-collectstatic PORTAL_CREDENTIAL_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
        .venv/bin/python manage.py collectstatic --noinput -v0
    .venv/bin/python -m compileall -q portal actors_app .venv
    touch .whole
fi
echo "$release"
