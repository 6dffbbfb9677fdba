#!/bin/sh
# Create the missing secrets of a deployment in deploy/secrets/, and deploy/portal.env and deploy/server_name (the host
# name of the portal, for the proxy) if they are missing.
#   sh deploy/make-secrets.sh portal.example.org [host of PostgreSQL]
# Existing files stay unchanged. The certificate is self-signed: replace it by yours. Requires openssl.
set -eu
host=${1:?Specify the host name of the portal, such as portal.example.org.}
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
        echo "Created $name"
    fi
}

make secret_key sh -c 'openssl rand -base64 60 | tr -d "\n=+/"'
make credential_keys sh -c 'openssl rand -base64 32 | tr "+/" "-_" | tr -d "\n"'
make evidence_key sh -c 'openssl rand -base64 32 | tr "+/" "-_" | tr -d "\n"'
make store_password sh -c 'openssl rand -hex 24 | tr -d "\n"'
make metrics_token sh -c 'openssl rand -hex 24 | tr -d "\n"'
# The service `store` does not use TLS: its network is local to this machine.
make database_url printf 'postgres://portal:%s@%s:5432/portal%s' "$(cat "$secrets/store_password")" "$store" \
    "$([ "$store" != store ] || echo '?sslmode=disable')"
if [ ! -s "$secrets/tls_certificate" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj "/CN=$host" \
        -addext "subjectAltName=DNS:$host" -keyout "$secrets/tls_key" -out "$secrets/tls_certificate" 2> /dev/null
    echo "Created tls_certificate and tls_key (self-signed)"
fi
# Secrets that the operator fills in: the OAuth client, several APIs, and the collector accounts.
touch "$secrets/client_secret" "$secrets/collector_password" "$secrets/tenants"
mkdir -p "$secrets/collectors"
if [ ! -e "$here/portal.env" ]; then
    sed "s/portal\.example\.org/$host/" "$here/portal.env.example" > "$here/portal.env"
    echo "Created portal.env: set ACTORS_API_URL in it"
fi
if [ ! -e "$here/server_name" ]; then
    echo "server_name $host;" > "$here/server_name"
    echo "Created server_name"
fi
# The proxy runs as another user, which must be able to read this file.
chmod 644 "$here/server_name"
# Only the owner can enter the directory. The containers run as other users, which must be able to read the files.
chmod -R u=rwX,go=rX "$secrets"
chmod 700 "$secrets"
