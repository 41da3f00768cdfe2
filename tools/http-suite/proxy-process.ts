/** One process of the proxy whose answers the suite judges. It is told everything by its environment. */
import { createServer } from "node:http";
import { Redis } from "ioredis";
import { createHttpCache, createProxy } from "moonpath/http-cache";
import { createMoonpath } from "moonpath";
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
  policies: { all: { path: "/*", query: "all" } },
  rules: profile.rules,
  onError: (error) => console.error(error.message),
});
const proxy = createProxy(cache, { origin: ORIGIN });
const server = createServer(proxy.handler);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" ? address?.port : ""}\n`);
});
process.on("disconnect", () => process.exit(0));
