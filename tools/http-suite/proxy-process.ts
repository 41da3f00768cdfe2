/** One process of the proxy whose answers the suite judges. It is told everything by its environment. */
import { createServer } from "node:http";
import { Redis } from "ioredis";
import { createMoonpath } from "moonpath";
import { createHttpCache, createProxy } from "moonpath/http-cache";
import { memoryL1 } from "moonpath/l1";
import { PROFILES } from "./profiles.js";

const { REDIS_URL = "", ORIGIN = "", NAMESPACE = "", PROFILE = "suite", L1 = "off" } = process.env;
const redis = new Redis(REDIS_URL);
const moonpath = createMoonpath(redis, {
  namespace: NAMESPACE,
  ...(L1 === "on" ? { cache: { l1: memoryL1() } } : {}),
});
await moonpath.ready();
const profile = PROFILES[PROFILE];
if (!profile) throw new Error(`no profile ${PROFILE}`);
const cache = createHttpCache(moonpath, {
  tenant: "suite",
  // Two processes have two ports, and one site.
  origin: "http://suite.example",
  hosts: "any",
  policies: { all: { path: "/*", query: "all" } },
  rules: profile.rules,
  // A busy machine must not change what is judged.
  cacheTimeoutMs: 5_000,
  onError: (error) => console.error(error.message),
});
const proxy = createProxy(cache, { origin: ORIGIN });
const server = createServer(proxy.handler);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" ? address?.port : ""}\n`);
});
process.on("disconnect", () => process.exit(0));
