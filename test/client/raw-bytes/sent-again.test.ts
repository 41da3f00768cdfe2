import { createHash } from "node:crypto";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { type RedisServer, startReplicaPair } from "../../../src/testing/index.js";
import { afterTest } from "../../support/cleanup.js";
import { single } from "../../support/client/connections.js";
import { nodeRedis } from "../../support/client/node-redis.js";
import {
  byteScripts,
  bytesClient,
  EVERY_BYTE,
  found,
  stored,
  VALUES,
} from "../../support/client/raw-bytes.js";
import { startOwn } from "../../support/own-server.js";
import { freshNamespace } from "../../support/redis.js";

const calls = VALUES.map((body, index) => stored(`p${index}`, body));
const fetches = calls.map(({ product }) => ({ product }));

const libraries = [
  ["ioredis", (place: Place) => new Redis({ ...place, password: place.password ?? "" })],
  [
    "ioredis with automatic pipelines",
    (place: Place) => new Redis({ ...place, password: place.password ?? "", enableAutoPipelining: true }),
  ],
  ["node-redis 6", (place: Place) => nodeRedis(6, place)],
] as const;

interface Place {
  readonly host: string;
  readonly port: number;
  readonly password?: string | undefined;
}

const placeOf = ({ host, port, password }: RedisServer): Place => ({ host, port, password });

/** The scripts, with many forms that the server refuses as a whole: each call is then sent by itself. */
function withoutManyForms() {
  const lua = "#!lua flags=no-writes\nreturn redis.error_reply('TRYAGAIN the keys are elsewhere')\n";
  const many = { lua, digest: createHash("sha1").update(lua).digest("hex"), lines: {} };
  const { store, fetch } = byteScripts.stock;
  return {
    stock: {
      store: { ...store, many: { ...store.many, ...many } },
      fetch: { ...fetch, many: { ...fetch.many, ...many } },
    },
  };
}

describe.each(libraries)("over %s, raw bytes are kept", (_, connect) => {
  test("by calls that leave their batch and are sent alone", async () => {
    const redis = connect(single());
    redis.on("error", () => {});
    const client = createScriptClient(redis, withoutManyForms(), {
      namespace: freshNamespace(),
      deadlineMs: 10_000,
    });
    afterTest(
      () => redis.disconnect(),
      () => client.close(),
    );
    await client.ready();
    const { stock } = client.tenant("acme");
    await Promise.all(calls.map((call) => stock.store(call)));
    expect(await Promise.all(fetches.map((call) => stock.fetch(call)))).toEqual(VALUES.map(found));
    await stock.store.many(calls.map((call) => ({ ...call, times: 4 })));
    expect(await stock.fetch.many(fetches)).toEqual(
      VALUES.map((body) => ({ ok: true, reply: { ...found(body), times: 4 } })),
    );
  });

  test("by a batch from which calls have ended before it is sent", async () => {
    const { client, stock } = bytesClient(connect(single()));
    await client.ready();
    const ends = calls.map(async (call, index) => {
      const controller = new AbortController();
      const running = stock.store(call, { signal: controller.signal });
      if (index % 2 === 1) controller.abort();
      await running;
    });
    const codes = (await Promise.allSettled(ends)).map(({ status }) => status);
    expect(codes).toEqual(calls.map((__, index) => (index % 2 === 1 ? "rejected" : "fulfilled")));
    const kept = VALUES.filter((__, index) => index % 2 === 0);
    const read = await stock.fetch.many(fetches.filter((__, index) => index % 2 === 0));
    expect(read).toEqual(kept.map((body) => ({ ok: true, reply: found(body) })));
  });

  test("by calls that find the scripts lost", async () => {
    const server = await startOwn();
    const admin = new Redis(server.url);
    afterTest(() => admin.disconnect());
    const { client, stock } = bytesClient(connect(placeOf(server)));
    await client.ready();
    await admin.script("FLUSH");
    await Promise.all(calls.map((call) => stock.store(call)));
    await admin.script("FLUSH");
    expect(await Promise.all(fetches.map((call) => stock.fetch(call)))).toEqual(VALUES.map(found));
    await admin.script("FLUSH");
    expect(await stock.store(stored("p0", EVERY_BYTE), { batching: false })).toEqual({ before: VALUES[0] });
    await admin.script("FLUSH");
    expect(await stock.fetch.many([{ product: "p0" }])).toEqual([{ ok: true, reply: found(EVERY_BYTE) }]);
  });

  test("while scripts are lost all the time, so that a transaction loads them", async () => {
    const server = await startOwn();
    const admin = new Redis(server.url);
    afterTest(() => admin.disconnect());
    const { client, stock } = bytesClient(connect(placeOf(server)));
    await client.ready();
    let isOver = false;
    const flushes = (async () => {
      while (!isOver) await admin.script("FLUSH");
    })();
    for (const call of [...calls, ...calls]) {
      await stock.store.many([call]);
      const [reply] = await stock.fetch.many([{ product: call.product }]);
      expect(reply).toEqual({ ok: true, reply: found(call.body) });
    }
    isOver = true;
    await flushes;
  });
});

describe("with replicas that confirm", () => {
  let pair: Awaited<ReturnType<typeof startReplicaPair>>;
  beforeAll(async () => {
    pair = await startReplicaPair();
  });
  afterAll(() => pair.stop());

  test.each(libraries)("over %s, raw bytes are kept", async (_, connect) => {
    const { client, stock } = bytesClient(connect(placeOf(pair.primary)));
    await client.ready();
    const options = { minReplicas: 1, replicaWaitMs: 5_000 };
    for (const call of calls) {
      await stock.store(call, options);
      expect(await stock.store(stored(call.product, EVERY_BYTE), options)).toEqual({ before: call.body });
    }
    const results = await stock.store.many(calls, options);
    expect(results).toEqual(calls.map(() => ({ ok: true, reply: { before: EVERY_BYTE } })));
  });
});
