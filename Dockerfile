# The portal as one image: gunicorn on port 8000, everything else from the environment (docs/deploy.md).
# It runs as nobody in particular, writes only below /tmp and /metrics, and holds neither pip nor a compiler.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /portal
COPY requirements.txt ./
# The lock names everything with its hash, and --no-deps keeps pip from looking for more: for a dependency with an extra
# it would take the newest release instead of the locked one, and stop at its missing hash. `pip check` then finds
# whatever the lock forgot. The environment gets no pip of its own.
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --no-cache-dir --disable-pip-version-check --only-binary :all: \
       --require-hashes --no-deps -r requirements.txt \
    && pip --python /venv/bin/python check
COPY manage.py ./
COPY portal portal
COPY actors_app actors_app
COPY templates templates
COPY static static
# The settings refuse to load without secrets; these two are used for nothing else. Nothing can be written at run time,
# so the compiled modules are made here.
RUN SECRET_KEY=only-for-collectstatic PORTAL_CREDENTIAL_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    /venv/bin/python manage.py collectstatic --noinput -v0 \
    && /venv/bin/python -m compileall -q -j 0 portal actors_app /venv

FROM python:3.11-slim-bookworm
# What installs packages has no business in a running portal.
RUN pip uninstall --yes --root-user-action=ignore pip setuptools wheel \
    && rm -rf /usr/local/lib/python3.11/ensurepip \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin portal \
    && install -d -o 10001 -m 700 /metrics
# A folder of its own for what the processes count, which compose.yaml gives a disk of its own: they map it into memory.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORTAL_METRICS_DIR=/metrics
WORKDIR /portal
COPY --from=packages /venv /venv
COPY --from=packages /portal /portal
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
# gunicorn waits for the requests in hand when it is told to stop.
STOPSIGNAL SIGTERM
CMD ["gunicorn", "-c", "portal/gunicorn_conf.py", "--bind", "0.0.0.0:8000", "portal.wsgi"]
