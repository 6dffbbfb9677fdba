# The portal as one image: gunicorn on port 8000, everything else from the environment (see .env.example).
FROM python:3.11-slim AS packages
WORKDIR /portal
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /portal
COPY --from=packages /venv /venv
COPY manage.py ./
COPY portal portal
COPY actors_app actors_app
COPY templates templates
COPY static static
# collectstatic reads the settings, which refuse to load without secrets; these two are used for nothing else.
RUN SECRET_KEY=only-for-collectstatic PORTAL_CREDENTIAL_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    python manage.py collectstatic --noinput -v0 \
    && useradd --system --uid 10001 portal && mkdir -p var/data && chown portal var/data
USER portal
VOLUME /portal/var/data
ENV DATABASE_URL=sqlite:////portal/var/data/portal.sqlite3
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/livez')"]
CMD ["sh", "-c", "python manage.py migrate --noinput && exec gunicorn -c portal/gunicorn_conf.py --bind 0.0.0.0:8000 portal.wsgi"]
