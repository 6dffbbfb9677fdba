#!/bin/sh
# Make every secret of the deployment that is not there yet, in deploy/secrets/, a first deploy/portal.env, and
# deploy/server_name, which tells the proxy the portal's name.
#   sh deploy/make-secrets.sh portal.example.org [host of PostgreSQL]
# What is there is left alone. The certificate is self-signed: put yours in its place. Needs openssl.
set -eu
host=${1:?Say by which name people reach the portal, such as portal.example.org.}
store=${2:-store}
here=$(cd "$(dirname "$0")" && pwd)
secrets=$here/secrets
umask 077
mkdir -p "$secrets"

make() { # name, command …
    name=$1
    shift
    if [ ! -s "$secrets/$name" ]; then
        "$@" > "$secrets/$name.new"
        mv "$secrets/$name.new" "$secrets/$name"
        echo "made $name"
    fi
}

make secret_key sh -c 'openssl rand -base64 60 | tr -d "\n=+/"'
make credential_keys sh -c 'openssl rand -base64 32 | tr "+/" "-_" | tr -d "\n"'
make store_password sh -c 'openssl rand -hex 24 | tr -d "\n"'
make metrics_token sh -c 'openssl rand -hex 24 | tr -d "\n"'
# The service `store` speaks no TLS; its network is of this machine alone.
make database_url printf 'postgres://portal:%s@%s:5432/portal%s' "$(cat "$secrets/store_password")" "$store" \
    "$([ "$store" != store ] || echo '?sslmode=disable')"
if [ ! -s "$secrets/tls_certificate" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj "/CN=$host" \
        -addext "subjectAltName=DNS:$host" -keyout "$secrets/tls_key" -out "$secrets/tls_certificate" 2> /dev/null
    echo "made tls_certificate and tls_key, self-signed"
fi
# The operator's own: of the portal's OAuth client at the API, of several APIs, and of the accounts that collect.
touch "$secrets/client_secret" "$secrets/collector_password" "$secrets/tenants"
mkdir -p "$secrets/collectors"
if [ ! -e "$here/portal.env" ]; then
    sed "s/portal\.example\.org/$host/" "$here/portal.env.example" > "$here/portal.env"
    echo "made portal.env: name your Actors API in it"
fi
if [ ! -e "$here/server_name" ]; then
    echo "server_name $host;" > "$here/server_name"
    echo "made server_name"
fi
# Not what umask says: the proxy reads it as another user.
chmod 644 "$here/server_name"
# The directory is the owner's alone; the files in it are read by the containers' users, who are others.
chmod -R u=rwX,go=rX "$secrets"
chmod 700 "$secrets"
