import { fileURLToPath } from "node:url";

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

export default {
  distDir: process.env.APP_DIST ?? ".next",
  cacheHandler: file("cache-handler.mjs"),
  cacheHandlers: { default: file("use-cache-handler.mjs"), remote: file("use-cache-handler.mjs") },
  cacheMaxMemorySize: 0,
  serverExternalPackages: ["moonpath", "ioredis"],
  experimental: { useCache: true },
  turbopack: { root: file(".") },
};
