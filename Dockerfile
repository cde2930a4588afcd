# syntax=docker/dockerfile:1
# docs/DEPLOY.md tells how to run it, and what of it has been run so far.

ARG NODE_IMAGE=node:22-bookworm-slim

# Everything that it takes to compile.
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/embedded-mongodb/package.json packages/embedded-mongodb/
RUN npm ci
COPY tsconfig.base.json tsconfig.json ./
COPY packages/embedded-mongodb/tsconfig.json packages/embedded-mongodb/
COPY packages/embedded-mongodb/src packages/embedded-mongodb/src
COPY src src
RUN npm run build

# Only what runs.
FROM ${NODE_IMAGE} AS production
WORKDIR /app

# Streaming renditions and still pictures of the local media store; `--build-arg FFMPEG=` leaves it
# out, as with Cloudinary nobody needs it.
ARG FFMPEG=ffmpeg
RUN if [ -n "$FFMPEG" ]; then \
      apt-get update \
      && apt-get install -y --no-install-recommends "$FFMPEG" \
      && rm -rf /var/lib/apt/lists/*; \
    fi

COPY package.json package-lock.json .npmrc ./
COPY packages/embedded-mongodb/package.json packages/embedded-mongodb/
RUN npm ci --omit=dev && npm cache clean --force

COPY --from=build /app/packages/embedded-mongodb/dist packages/embedded-mongodb/dist
COPY --from=build /app/dist dist
COPY public public

# Accepted uploads wait in public/temp until they are stored: it has to outlive the container, as
# /data does. The rest of the image belongs to root, and the server cannot change it. Volumes that are
# mounted at these folders take over whose they are.
RUN mkdir -p /data/media /data/uploads public/temp && chown -R node:node /data public/temp
VOLUME ["/data", "/app/public/temp"]

ENV NODE_ENV=production \
    DATA_DIR=/data \
    PORT=8000
USER node
EXPOSE 8000

# Liveness alone: while the database is away, a restart would help nobody. /readyz is for the proxy.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/v1/healthcheck`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# Without a shell or npm in between, SIGTERM reaches the server, which finishes what is in flight.
CMD ["node", "dist/index.js"]
