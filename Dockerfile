# occupier in a container: `docker compose up -d`, see docs/fr/rester-debout.md and docs/en/staying-up.md.
# The libraries are those of requirements/run.txt, each checked against its hash; what builds stays in the first stage.

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /source
COPY requirements/build.txt requirements/run.txt requirements/
RUN python -m venv /opt/tools \
    && /opt/tools/bin/python -m pip install --only-binary :all: --require-hashes -r requirements/build.txt \
    && python -m venv --without-pip /opt/occupier \
    && python -m pip --python /opt/occupier/bin/python install --only-binary :all: --require-hashes \
        -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY migrations migrations
COPY occupier occupier
RUN /opt/tools/bin/python -m hatchling build -t wheel -d /wheel \
    && python -m pip --python /opt/occupier/bin/python install --no-index --no-deps /wheel/*.whl

FROM python:3.11-slim-bookworm
# pip is of no use to a daemon, nor to whoever breaks into one.
RUN python -m pip uninstall --yes --quiet pip \
    && groupadd --gid 10001 occupier \
    && useradd --uid 10001 --gid occupier --home-dir /data --no-create-home --shell /usr/sbin/nologin occupier \
    && install --directory --owner occupier --group occupier --mode 0700 /data
COPY --from=build /opt/occupier /opt/occupier
ENV PATH=/opt/occupier/bin:$PATH HOME=/data OCCUPIER_SETTINGS=/data/settings.toml \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /data
# Settings, secrets, the database and its copies, the reports: all there is to keep.
VOLUME /data
# No curl in here: the interpreter asks. Nothing needs an init process: the daemon takes its signals as process 1, and
# waits for its children; `init: true` in compose.yaml is for what somebody else starts in here.
HEALTHCHECK --interval=30s --timeout=5s --start-period=90s --retries=3 CMD ["python", "-c", \
    "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8019, timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["occupier"]
CMD ["run", "--health"]
