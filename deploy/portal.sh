#!/bin/sh
# Run a command of the portal (manage.py) with the settings, the user and the umask of its services: other users cannot
# read the files that it creates, and it cannot write files that the services cannot write. For root:
#   install -m 755 deploy/portal.sh /usr/local/sbin/portal
#   portal doctor
#   RELEASE=/opt/actors-portal/releases/VERSION portal migrate      # a release that is not running yet
set -eu
exec runuser -u portal -- sh -c '
    set -e
    umask 077
    set -a
    . /etc/actors-portal/portal.env
    HOME=/var/lib/actors-portal
    cd "$0"
    exec .venv/bin/python manage.py "$@"
' "${RELEASE:-/opt/actors-portal/current}" "$@"
