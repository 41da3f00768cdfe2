import { Agent, createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { memoryL1 } from "../../../src/cache/l1/memory-l1.js";
import { cacheNode, createHttpCache, policy } from "../../../src/http-cache/index.js";
import { type Answer, epochMs, PRODUCTS, type ToPages } from "../support/cache/purged-pages.js";
import { Source } from "../support/cache/source.js";
import { numberField, ownClient, report, taskOf, textField } from "../support/in-worker.js";

// Visitors of one process ask for pages that others change.
const task = taskOf();
const l1 = numberField(task, "hasL1") === 1 ? { l1: memoryL1() } : {};
const { redis, moonpath } = ownClient(task, { cache: l1 });
const sourceRedis = new Redis(numberField(task, "sourcePort"), "127.0.0.1", {
  password: textField(task, "sourcePassword"),
});
const source = new Source(sourceRedis, textField(task, "prefix"));

const VISITORS = 4;
const FRESH_MS = 600_000;
const PLAIN_MS = 1_000;

const products = moonpath
  .cache({
    pattern: "product:<product>",
    freshMs: FRESH_MS,
    earlyRefresh: 0,
    tags: ({ product }) => [`product:${product}`],
    load: async ({ product }) => ({ version: await source.version(String(product)) }),
  })
  .tenant("shop");
const cache = createHttpCache(moonpath, {
  tenant: "shop",
  policies: {
    product: policy({
      path: "/products/:product",
      freshMs: FRESH_MS,
      tags: ({ path }) => [`product:${path.product}`],
    }),
  },
});

async function page(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const product = (request.url ?? "").slice("/products/".length);
  response.end(String((await products.getOrLoad({ product }))?.version ?? 0));
}

const kept = new Map<string, { readonly version: string; readonly until: number }>();

/** The control: each process keeps a page for a second, and a purge deletes it from Redis. */
async function plainPage(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const product = (request.url ?? "").slice("/products/".length);
  const known = kept.get(product);
  if (known && known.until > performance.now()) {
    response.end(known.version);
    return;
  }
  const key = `${textField(task, "namespace")}:${product}`;
  let version = await redis.get(key);
  if (version === null) {
    version = String(await source.version(product));
    await redis.set(key, version);
  }
  kept.set(product, { version, until: performance.now() + PLAIN_MS });
  response.end(version);
}

const server = createServer(numberField(task, "isPlain") === 1 ? plainPage : cacheNode({ cache }, page));
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = server.address();
const port = typeof address === "object" && address !== null ? address.port : 0;
const agent = new Agent({ keepAlive: true, maxSockets: VISITORS });

let answers: Answer[] = [];
let [failed, ofOrigin] = [0, 0];
let isOver = false;

async function visit(place: number): Promise<void> {
  const beganAt = epochMs();
  try {
    const path = `/products/${PRODUCTS[place]}`;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ host: "127.0.0.1", port, path, agent }, resolve).on("error", reject);
    });
    const version = Number(await text(response));
    if (response.statusCode !== 200) failed++;
    else answers.push([place, version, beganAt]);
    if (String(response.headers["cache-status"]).includes("CACHE_UNAVAILABLE")) ofOrigin++;
  } catch {
    failed++;
  }
}

async function visitor(first: number): Promise<void> {
  for (let number = first; !isOver; number += 3) {
    await visit(number % PRODUCTS.length);
    await pause(1);
  }
}

const visitors = Array.from({ length: VISITORS }, (_, first) => visitor(first));

async function end(): Promise<void> {
  isOver = true;
  await Promise.all(visitors);
  agent.destroy();
  server.close();
  moonpath.close();
  redis.disconnect();
  sourceRedis.disconnect();
  process.disconnect();
}

process.on("message", (message) => {
  const { kind }: ToPages = JSON.parse(String(message));
  if (kind === "end") {
    end().catch(() => process.exit(1));
    return;
  }
  report({ answers, failed, ofOrigin });
  [answers, failed, ofOrigin] = [[], 0, 0];
});
report("ready");
