/**
 * One HTTP server of the benchmark, told by its environment which one. It prints its port, and the time of
 * its CPU in microseconds for each line of its input.
 */
import { createServer, type ServerResponse } from "node:http";
import { createInterface } from "node:readline";
import Fastify from "fastify";
import { Redis } from "ioredis";
import { memoryL1 } from "../../../src/cache/l1/memory-l1.js";
import { cacheFastify, cacheNode, createHttpCache, policy } from "../../../src/http-cache/index.js";
import { createMoonpath } from "../../../src/index.js";

const { REDIS_URL = "", FRAMEWORK = "fastify", HANDLER = "memory", CACHE = "none" } = process.env;
const HOUR_MS = 3_600_000;
const KEY = "bench:http:product";
/** nginx stores what says so. */
const SHARED = "public, max-age=0, s-maxage=3600";

const redis = new Redis(REDIS_URL);
const product = JSON.stringify({ product: "lamp", description: "A lamp of brass and glass. ".repeat(40) });
await redis.set(KEY, product);
const bytes = Buffer.from(product);

const moonpath = createMoonpath(redis, {
  namespace: `bench-http-${FRAMEWORK}-${CACHE}`,
  ...(CACHE === "none" || CACHE === "redis" ? {} : { cache: { l1: memoryL1() } }),
});
await moonpath.ready();
const cache = createHttpCache(moonpath, {
  tenant: "bench",
  // A pause of the machine is no outage.
  cacheTimeoutMs: 10_000,
  checksL1: CACHE !== "tracked",
  policies: { product: policy({ path: "/products/:product", freshMs: HOUR_MS }) },
});

const read = async () => (HANDLER === "get" ? ((await redis.get(KEY)) ?? "") : bytes);

async function startFastify(): Promise<number> {
  const app = Fastify();
  if (CACHE !== "none") await app.register(cacheFastify, { cache });
  app.get("/products/:product", async (_request, reply) =>
    reply
      .type("application/json")
      .header("cache-control", SHARED)
      .send(await read()),
  );
  await app.listen({ port: 0, host: "127.0.0.1" });
  return portOf(app.server.address());
}

async function startNode(): Promise<number> {
  const respond = (response: ServerResponse, body: string | Buffer) => {
    response.writeHead(200, { "content-type": "application/json", "cache-control": SHARED });
    response.end(body);
  };
  const handler = async (_request: unknown, response: ServerResponse) =>
    HANDLER === "get" ? respond(response, await read()) : respond(response, bytes);
  const server = createServer(CACHE === "none" ? handler : cacheNode({ cache }, handler));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return portOf(server.address());
}

function portOf(address: unknown): number {
  if (typeof address === "object" && address !== null && "port" in address) return Number(address.port);
  throw new Error("the server has no port");
}

const port = await (FRAMEWORK === "fastify" ? startFastify() : startNode());
process.stdout.write(`${port}\n`);
const input = createInterface({ input: process.stdin });
input.on("line", () => {
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${user + system}\n`);
});
input.on("close", () => process.exit(0));
