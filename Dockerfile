# Vọng Lâu: one image, one process. Built in two steps so that the browser's tools stay out of it.
FROM debian:12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends libatomic1 ca-certificates && rm -rf /var/lib/apt/lists/* \
  && useradd --system --uid 10045 --home-dir /data --create-home vonglau
WORKDIR /app
COPY --from=build /app /app
ENV SOC_DATA=/data SOC_DEMO=auto
USER vonglau
VOLUME /data
# Which ports reach the network is said in docker-compose.yml.
STOPSIGNAL SIGTERM
CMD ["node_modules/.bin/node", "cli/index.ts", "start"]
