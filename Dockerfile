# The production image: the portal without the embedded engines, run by an ordinary user.
FROM python:3.11-slim AS base

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

COPY requirements.txt ./
RUN pip install --require-hashes --no-deps -r requirements.txt

COPY manage.py pyproject.toml ./
COPY governance governance
COPY communities communities
COPY grid grid
COPY funding funding
COPY templates templates
COPY static static

RUN useradd --system --uid 10001 --home-dir /app portal \
    && mkdir -p /var/lib/portal/media /var/lib/portal/anchors \
    && chown -R portal /var/lib/portal
ENV DJANGO_SETTINGS_MODULE=governance.settings VAR_DIR=/var/lib/portal
USER portal

# Collected at build: the addresses are never used, only their form is checked.
RUN SECRET_KEY=build-only DATABASE_URL=postgresql://build@127.0.0.1/build python manage.py collectstatic --noinput -v0

EXPOSE 8000
CMD ["gunicorn", "governance.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", \
     "--threads", "4", "--keep-alive", "75", "--timeout", "60", "--preload", "--no-control-socket", \
     "--forwarded-allow-ips", "*"]
