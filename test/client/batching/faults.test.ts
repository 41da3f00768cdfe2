import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createScriptClient, MoonpathError } from "../../../src/client/index.js";
import {
  type Proxy as FaultyProxy,
  type RedisServer,
  startProxy,
  startRedis,
} from "../../../src/testing/index.js";
import { afterTest } from "../../support/cleanup.js";
import { manyScripts } from "../../support/client/many-fixtures.js";
import { freshNamespace } from "../../support/redis.js";

let server: RedisServer;
let proxy: FaultyProxy;
beforeAll(async () => {
  server = await startRedis({ own: true });
  proxy = await startProxy(server);
});
afterAll(async () => {
  await proxy.stop();
  await server.stop();
});
afterEach(() => proxy.heal());

async function start(deadlineMs = 15_000) {
  const redis = new Redis({
    host: "127.0.0.1",
    port: proxy.port,
    password: server.password,
    retryStrategy: () => 5,
  });
  redis.on("error", () => {});
  const client = createScriptClient(redis, manyScripts, { namespace: freshNamespace(), deadlineMs });
  afterTest(
    () => redis.disconnect(),
    () => client.close(),
  );
  await client.ready();
  return { client, tally: client.tenant("acme").tally };
}

/** How a call ended: `ok`, or the code of its error. */
const endOf = (call: Promise<unknown>) =>
  call.then(
    () => "ok",
    (error: unknown) => (error instanceof MoonpathError ? error.code : String(error)),
  );

type Tally = Awaited<ReturnType<typeof start>>["tally"];

const names = ["t0", "t1", "t2", "t3"];
const nine = Array.from({ length: 9 }, (_, index) => ({ tally: names[index % 4] ?? "", change: 1 }));

async function sum(tally: Tally): Promise<number> {
  const totals = await Promise.all(names.map((name) => tally.read({ tally: name })));
  return totals.reduce((all, { total }) => all + total, 0);
}

test("a link that is cut in the middle makes no call run twice", async () => {
  const { tally } = await start();
  proxy.cutReplies({ probability: 0.2 });
  const before = proxy.counters.cuts;
  for (let round = 0; round < 60; round++) {
    await Promise.all(nine.map((args) => tally.add(args)));
  }
  expect(proxy.counters.cuts - before).toBeGreaterThan(8);
  proxy.heal();
  expect(await sum(tally)).toBe(60 * 9);
});

test("a lost reply makes only the calls of its batch unknown", async () => {
  const { tally } = await start(5_000);
  proxy.cutReplies({ probability: 0.1 });
  let [known, unknown] = [0, 0];
  for (let round = 0; round < 60; round++) {
    for (const end of await Promise.all(nine.map((args) => endOf(tally.bump(args))))) {
      if (end === "ok") known++;
      else if (end === "OUTCOME_UNKNOWN") unknown++;
    }
  }
  proxy.heal();
  expect(known + unknown).toBe(60 * 9);
  expect(unknown).toBeGreaterThan(5);
  const total = await sum(tally);
  expect(total).toBeGreaterThanOrEqual(known);
  expect(total).toBeLessThanOrEqual(known + unknown);
});

test("a silent server ends each call at its own deadline", async () => {
  const { tally } = await start();
  await tally.read({ tally: "t0" });
  proxy.blackHole();
  const started = performance.now();
  const took: number[] = [];
  await Promise.all(
    [60, 400, 200].map(async (deadlineMs, index) => {
      const end = await endOf(tally.bump({ tally: `t${index}`, change: 1 }, { deadlineMs }));
      expect(end).toBe("OUTCOME_UNKNOWN");
      took[index] = performance.now() - started;
    }),
  );
  expect(took[0]).toBeLessThan(took[2] ?? 0);
  expect(took[2]).toBeLessThan(took[1] ?? 0);
});

test("an abort after the batch has left makes only its own call unknown", async () => {
  const { tally } = await start();
  proxy.delay(50);
  const controller = new AbortController();
  const [aborted, other] = [
    endOf(tally.bump({ tally: "t0", change: 1 }, { signal: controller.signal })),
    tally.bump({ tally: "t1", change: 1 }),
  ];
  await new Promise(setImmediate);
  controller.abort();
  expect(await aborted).toBe("OUTCOME_UNKNOWN");
  expect(await other).toEqual({ total: 1 });
});

test("SCRIPT FLUSH without a pause causes no error, and no call runs twice", async () => {
  const { tally } = await start();
  const flusher = new Redis(server.url);
  let done = false;
  const flushing = (async () => {
    while (!done) await flusher.script("FLUSH");
  })();
  try {
    for (let round = 0; round < 60; round++) await Promise.all(nine.map((args) => tally.bump(args)));
  } finally {
    done = true;
    await flushing;
    flusher.disconnect();
  }
  expect(await sum(tally)).toBe(60 * 9);
});

test("a call that ends while its batch waits for the connection does not run", async () => {
  const { client, tally } = await start();
  const controller = new AbortController();
  proxy.blackHole();
  const waiting = nine.map((args) =>
    endOf(tally.bump(args, { signal: controller.signal, deadlineMs: 2_000 })),
  );
  controller.abort();
  const codes = await Promise.all(waiting);
  proxy.heal();
  expect(new Set(codes)).toEqual(new Set(["ABORTED"]));
  client.close();
});

test("many calls at one deadline end in parts, so that other events run between them", async () => {
  const { tally } = await start(400);
  proxy.blackHole();
  let ended = 0;
  let endedAtNextTurn: number | undefined;
  const codes = new Map<string, number>();
  const calls = Array.from({ length: 6_000 }, async (_, index) => {
    const code = await endOf(tally.read({ tally: `t${index}` }));
    if (ended++ === 0) {
      setImmediate(() => {
        endedAtNextTurn = ended;
      });
    }
    codes.set(code, (codes.get(code) ?? 0) + 1);
  });
  await Promise.all(calls);
  await new Promise(setImmediate);
  // Those behind the unanswered ones were never sent.
  expect([...codes.keys()].sort()).toEqual(["DEADLINE", "UNAVAILABLE"]);
  expect(endedAtNextTurn).toBeLessThan(6_000);
});
