# Debian, not Alpine: the runtime needs glibc. The image brings Node 26 itself, so the packaged one and
# the development tools stay out.
FROM node:26-bookworm-slim

WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional && npm cache clean --force
COPY drizzle ./drizzle
COPY jobs ./jobs
COPY src ./src

# Only here everybody may connect: the container's own network is the border.
ENV RECERT_HOST=0.0.0.0 RECERT_HOME=/data NODE_ENV=production
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 3000

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/main.ts"]
CMD ["serve"]
