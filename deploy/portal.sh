#!/bin/sh
# A command of the portal (manage.py) with the settings of its services, as their user and with their umask: whatever it
# makes can be read by no other, and what they cannot write it cannot either. For root:
#   install -m 755 deploy/portal.sh /usr/local/sbin/portal
#   portal doctor
#   RELEASE=/opt/actors-portal/releases/VERSION portal migrate      # of a release that does not run yet
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
