# The portal as one image: gunicorn on port 8000, everything else from the environment (docs/deploy.md).
# It runs as an unprivileged user, writes only to /tmp and /metrics, and contains neither pip nor a compiler.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /portal
COPY requirements.txt ./
# The lock file lists all packages with their hashes. Without --no-deps, pip would take the newest release of a dependency
# with an extra instead of the locked one, and stop at its missing hash. `pip check` finds packages that the lock file
# lacks. The environment contains no pip.
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --no-cache-dir --disable-pip-version-check --only-binary :all: \
       --require-hashes --no-deps -r requirements.txt \
    && pip --python /venv/bin/python check
COPY manage.py ./
COPY portal portal
COPY actors_app actors_app
COPY templates templates
COPY static static
# The settings do not load without secrets; these two are used for nothing else. Modules are compiled here, since nothing
# can be written at run time.
RUN SECRET_KEY=only-for-collectstatic PORTAL_CREDENTIAL_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    /venv/bin/python manage.py collectstatic --noinput -v0 \
    && /venv/bin/python -m compileall -q -j 0 portal actors_app /venv

FROM python:3.11-slim-bookworm
# A running portal needs no package installers.
RUN pip uninstall --yes --root-user-action=ignore pip setuptools wheel \
    && rm -rf /usr/local/lib/python3.11/ensurepip \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin portal \
    && install -d -o 10001 -m 700 /metrics
# A separate folder for the counters of /metrics, which processes map into memory; compose.yaml gives it its own disk.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORTAL_METRICS_DIR=/metrics
WORKDIR /portal
COPY --from=packages /venv /venv
COPY --from=packages /portal /portal
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
# On this signal, gunicorn finishes running requests before it stops.
STOPSIGNAL SIGTERM
CMD ["gunicorn", "-c", "portal/gunicorn_conf.py", "--bind", "0.0.0.0:8000", "portal.wsgi"]
