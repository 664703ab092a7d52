# The running program in one image: pages, API and worker. Nothing is fetched when it runs.
FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements/base.lock requirements/build.lock requirements/server.lock requirements/
RUN python -m venv /opt/caretally \
 && /opt/caretally/bin/pip install --no-cache-dir --require-hashes --no-build-isolation \
      -r requirements/build.lock -r requirements/base.lock -r requirements/server.lock
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN /opt/caretally/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/caretally --create-home caretally
COPY --from=build /opt/caretally /opt/caretally
USER caretally
ENV PATH=/opt/caretally/bin:$PATH PYTHONUNBUFFERED=1 \
    CARETALLY_HOME=/var/lib/caretally CARETALLY_HOST=0.0.0.0 CARETALLY_PORT=8000
VOLUME /var/lib/caretally
EXPOSE 8000 8001
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-c", \
  "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["caretally"]
CMD ["serve", "--no-worker"]
