import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type RedisServer, redisFromUrl, startPostgres, startRedis } from "moonpath/testing";
import pg from "pg";
import { createSchema } from "../books/schema.js";
import { Closing } from "../closing.js";
import { compare } from "../compare.js";
import { gatherFindings } from "../findings.js";
import { type InvoiceChoice, openInvoices } from "../invoices/open.js";
import { type Output, showProgress } from "../progress.js";
import { ShopClient } from "../replay/http.js";
import { planDeliveries } from "../replay/plan.js";
import { replay } from "../replay/run.js";
import { Tally } from "../replay/tally.js";
import type { Findings } from "../result.js";
import { settle } from "../settle.js";
import { openShop } from "../shop/open.js";
import { KillableShop } from "./killable-shop.js";

export interface KillOptions extends InvoiceChoice {
  /** Units of each product at the start. */
  readonly stock: number;
  /** How often Redis and the shop are killed, in turns. Every third time, both at once. */
  readonly kills: number;
  /** The file of `shop-process.ts`, as it is or bundled. */
  readonly program: string;
}

export interface KillResult {
  readonly findings: Findings;
  /** The differences between the invoices, the books and Redis. */
  readonly differences: readonly string[];
  /** How often each was killed. */
  readonly killed: { readonly redis: number; readonly shop: number };
}

/** Fewer than in a plain run, so that the shop also has idle moments. */
const CONNECTIONS = 32;
/** An order of a killed shop waits for its lease, and Redis may be killed again meanwhile. */
const RETRY_LIMIT_MS = 120_000;
const CHECK_INTERVAL_MS = 5;

/**
 * Replays invoices against a shop in its own process. Meanwhile it kills Redis and the shop with
 * SIGKILL, and starts them again. Redis writes each change to its append-only file before it replies.
 *
 * At the end it kills the shop once more, does the work of its jobs, and compares the invoices,
 * PostgreSQL and Redis.
 */
export async function runKills(
  options: KillOptions,
  { output, signal }: { readonly output: Output; readonly signal: AbortSignal },
): Promise<KillResult> {
  const closing = new Closing();
  const warn = (message: string) => void output.write(`${message}\n`);
  try {
    const invoices = await openInvoices(options);
    const servers = await openOwnServers(closing);
    const { redisServer, place } = servers;
    const shop = new KillableShop(options.program, place);
    closing.add("the shop's process", () => shop.kill());
    await shop.start();

    const tally = new Tally();
    const started = performance.now();
    const client = new ShopClient({ host: "127.0.0.1", port: shop.port }, CONNECTIONS, RETRY_LIMIT_MS);
    const progress = showProgress(output, tally, invoices.lines);
    const { seed, stock, kills } = options;
    const over = new AbortController();
    const killing = killInTurns({
      redisServer,
      shop,
      tally,
      lines: invoices.lines,
      kills,
      signal: over.signal,
    });
    try {
      const deliveries = planDeliveries(invoices.read(), { seed, stock }, (line) => tally.count(line));
      await Promise.race([
        replay(deliveries, client, tally, signal),
        killing.then(() => new Promise(() => {})),
      ]);
    } finally {
      over.abort();
      progress.stop();
      client.close();
    }
    const killed = await killing;
    tally.retries = client.retries;
    tally.limited = client.limited;
    await shop.kill();

    const last = await openShop(servers.shop(), 0, closing, warn);
    const orphans = await settle(last, signal);
    const elapsedMs = performance.now() - started;
    const findings = await gatherFindings(last, { stock, sent: tally, orphans, elapsedMs });
    return { findings, differences: compare(findings), killed: { ...killed, shop: killed.shop + 1 } };
  } finally {
    await closing.closeAll(warn);
  }
}

interface Killing {
  readonly redisServer: RedisServer;
  readonly shop: KillableShop;
  readonly tally: Tally;
  readonly lines: number;
  readonly kills: number;
  readonly signal: AbortSignal;
}

/** Kills at even distances of the replay, whatever the shop is doing then. */
async function killInTurns({ redisServer, shop, tally, lines, kills, signal }: Killing) {
  const killed = { redis: 0, shop: 0 };
  for (let kill = 1; kill <= kills; kill += 1) {
    const afterLines = (lines * kill) / (kills + 1);
    while (tally.lines < afterLines && !signal.aborted) await sleep(CHECK_INTERVAL_MS);
    if (signal.aborted) break;
    if (kill % 3 !== 2) {
      await redisServer.kill();
      killed.redis += 1;
    }
    if (kill % 3 !== 1) {
      await shop.kill();
      killed.shop += 1;
    }
    if (kill % 3 !== 2) await redisServer.restart();
    if (kill % 3 !== 1) await shop.start();
  }
  return killed;
}

/** Redis with an append-only file, and PostgreSQL. Both are stopped at the end. */
async function openOwnServers(closing: Closing) {
  const run = randomBytes(4).toString("hex");
  const [redisServer, postgres] = await Promise.all([
    startRedis({ own: true, appendOnly: true, config: { appendfsync: "always" } }).then((server) =>
      closing.add("Redis", () => server.stop(), server),
    ),
    startPostgres({ own: true }).then((server) => closing.add("PostgreSQL", () => server.stop(), server)),
  ]);
  const pool = new pg.Pool({ connectionString: postgres.url, max: 6 });
  pool.on("error", () => undefined);
  closing.add("the connections to PostgreSQL", () => pool.end());
  const [namespace, schema] = [`storefront-${run}`, `storefront_${run}`];
  await createSchema(pool, schema);
  return {
    redisServer,
    place: { redisUrl: redisServer.url, databaseUrl: postgres.url, namespace, schema },
    /** The servers for a shop in this process. */
    shop: () => {
      const redis = redisFromUrl(redisServer.url);
      redis.on("error", () => undefined);
      closing.add("the connection to Redis", () => redis.disconnect());
      return { redis, pool, namespace, schema, description: "", lastRedisError: () => undefined };
    },
  };
}
