FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production

# Not `npm ci`: it insists on platform packages that only machines with an older Node need.
COPY package.json package-lock.json ./
RUN npm install --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force

COPY LICENSE ostler ./
COPY config config
COPY src src
COPY adapters adapters
RUN mkdir data && chown node:node data

USER node
VOLUME /app/data
EXPOSE 8080
CMD ["./ostler", "start"]
