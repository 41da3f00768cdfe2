import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { memoryL1 } from "../../../src/cache/l1/memory-l1.js";
import {
  CACHE_TIMEOUT_MS,
  ENTRIES,
  MAX_LOADS,
  newPhase,
  type Phase,
  type ToReader,
} from "../support/cache/outage.js";
import { Source } from "../support/cache/source.js";
import { Stalls } from "../support/cache/stalls.js";
import { numberField, ownClient, report, taskOf, textField } from "../support/in-worker.js";

// Callers of one process read entries while Redis goes away and comes back.
const task = taskOf();
const l1 = numberField(task, "hasL1") === 1 ? { l1: memoryL1() } : {};
const { redis, moonpath } = ownClient(task, { cache: l1 });
const sourceRedis = new Redis(numberField(task, "sourcePort"), "127.0.0.1", {
  password: textField(task, "sourcePassword"),
});
const source = new Source(sourceRedis, textField(task, "prefix"));
const [own, processes] = [numberField(task, "own"), numberField(task, "processes")];

const CALLERS = 8;
const CALL_EVERY_MS = 5;
const LOAD_MS = 20;
/** A caller may wait for a load that began before its call, and then for one that begins after it. */
const LOADS_IN_TURN = 2;
/** What timers and the end of a wait for another process may add. */
const MARGIN_MS = 500;
const BURST = 200;
const RECOVERY_LIMIT_MS = 20_000;

let phase = newPhase();
const stalls = new Stalls();
process.on("unhandledRejection", () => phase.unhandled++);

let slowestLoadMs = LOAD_MS;

/** A cache with its own limit of loads. */
function openCache() {
  let loading = 0;
  return moonpath.cache({
    pattern: "row:<entry>",
    freshMs: 600_000,
    earlyRefresh: 0,
    maxLoads: MAX_LOADS,
    tags: ({ entry }) => [`tag-${entry}`],
    load: async ({ entry }) => {
      loading++;
      phase.maxLoading = Math.max(phase.maxLoading, loading);
      const beganAt = performance.now();
      const version = await source.version(String(entry));
      await pause(LOAD_MS);
      slowestLoadMs = Math.max(slowestLoadMs, performance.now() - beganAt);
      loading--;
      return { version };
    },
  });
}

const cache = openCache();
/** Its loads do not make the callers of the other one wait. */
const coldCache = openCache();

/** The version that this process must see at least, by the place of the entry. */
const minVersions = ENTRIES.map(() => 0);

async function call(place: number): Promise<void> {
  const item = ENTRIES[place % ENTRIES.length];
  if (!item) return;
  const mustSee = minVersions[place % ENTRIES.length] ?? 0;
  const [sentAt, stalledMs] = [performance.now(), stalls.totalMs];
  try {
    const row = await cache.tenant(item.tenant).getOrLoad({ entry: item.entry });
    if ((row?.version ?? -1) < mustSee) phase.stale++;
  } catch {
    phase.failed++;
  }
  // The machine may have run other processes meanwhile.
  const tookMs = performance.now() - sentAt - (stalls.totalMs - stalledMs);
  phase.calls++;
  phase.slowestMs = Math.max(phase.slowestMs, tookMs);
  if (tookMs > CACHE_TIMEOUT_MS + LOADS_IN_TURN * slowestLoadMs + MARGIN_MS) phase.late++;
}

let isOver = false;
let loops: Promise<void>[] | undefined;

async function loop(caller: number): Promise<void> {
  for (let number = caller; !isOver; number += 7) {
    await call(number);
    await pause(CALL_EVERY_MS);
  }
}

/** Changes its entries, and invalidates each with its key, its tag or its tenant. */
async function change(): Promise<void> {
  const changes = ENTRIES.map(async ({ tenant, entry }, place) => {
    if (place % processes !== own) return;
    const version = await source.raise(entry);
    const outcome = await (tenant === "whole"
      ? moonpath.tenant(tenant).cache.invalidateAll()
      : place % 2 === 0
        ? cache.tenant(tenant).invalidate({ entry })
        : moonpath.tenant(tenant).cache.invalidateTags([`tag-${entry}`]));
    phase[outcome]++;
    // This process serves nothing older, also while it is pending.
    minVersions[place] = version;
  });
  await Promise.all(changes);
}

let bursts = 0;

/** Callers of entries that nobody has read before. */
async function burst(): Promise<void> {
  const cold = `cold-${own}-${bursts++}`;
  const calls = Array.from({ length: BURST }, async (_, number) => {
    const row = await coldCache.tenant("shop").getOrLoad({ entry: `${cold}-${number}` });
    if (row?.version !== 0) throw new Error("the source has no such version");
  });
  for (const { status } of await Promise.allSettled(calls)) if (status === "rejected") phase.failed++;
}

/** Whether an entry has at least this version, and is stored. */
async function isRight(place: number, version: number): Promise<boolean> {
  const item = ENTRIES[place];
  if (!item) return true;
  const tenant = cache.tenant(item.tenant);
  const row = await tenant.getOrLoad({ entry: item.entry });
  if ((row?.version ?? -1) < version) return false;
  // The loader may have answered. What is stored must be right too.
  return ((await tenant.get({ entry: item.entry }))?.version ?? -1) >= version;
}

async function recover(versions: readonly number[]): Promise<void> {
  const [beganAt, stalledMs] = [performance.now(), stalls.totalMs];
  const entries = versions.map(async (version, place) => {
    while (!(await isRight(place, version)) && performance.now() < beganAt + RECOVERY_LIMIT_MS)
      await pause(10);
    minVersions[place] = Math.max(minVersions[place] ?? 0, version);
  });
  await Promise.all(entries);
  phase.recoveredMs = performance.now() - beganAt - (stalls.totalMs - stalledMs);
}

async function take(message: ToReader): Promise<void> {
  switch (message.kind) {
    case "phase":
      loops ??= Array.from({ length: CALLERS }, (_, caller) => loop(caller));
      break;
    case "change":
      await change();
      break;
    case "burst":
      await burst();
      break;
    case "recover":
      await recover(message.versions);
      break;
    case "end":
      isOver = true;
      await Promise.all(loops ?? []);
      stalls.stop();
      moonpath.close();
      redis.disconnect();
      sourceRedis.disconnect();
      process.disconnect();
      return;
  }
  const seen: Phase = phase;
  phase = newPhase();
  report(seen);
}

process.on("message", (message) => {
  const parsed: ToReader = JSON.parse(String(message));
  take(parsed).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
});
await sourceRedis.ping();
report(newPhase());
