import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Moonpath } from "../../src/index.js";
import { createInvalidationOutbox, createInvalidationRelay } from "../../src/outbox/index.js";
import { createTables, inTransaction } from "../../src/postgres/index.js";
import { GatedLoader, moment, openMoonpath, openTwo } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { drained, startRelay } from "../support/outbox/kit.js";
import { freshDatabase } from "../support/postgres.js";
import { eventually } from "../support/wait.js";

const databaseUrl = await freshDatabase();
const pool = new pg.Pool({ connectionString: databaseUrl, max: 12 });
pool.on("error", () => undefined);
beforeAll(() => createTables(pool));
afterAll(() => pool.end());

/** A cache over a number that rises with each load. */
function productsOf(moonpath: Moonpath, source = { version: 0 }) {
  return moonpath.cache({
    pattern: "product:<product>",
    freshMs: 60_000,
    staleMs: 60_000,
    earlyRefresh: 0,
    cacheTimeoutMs: 10_000,
    tags: ({ product }) => ["all-products", `brand:${product}`],
    load: async () => ++source.version,
  });
}

/** A transaction that the test commits. */
async function open(): Promise<{ readonly tx: pg.PoolClient; commit(): Promise<void> }> {
  const tx = await pool.connect();
  let isOpen = true;
  afterTest(async () => {
    if (isOpen) tx.release(true);
  });
  await tx.query("begin");
  return {
    tx,
    async commit() {
      await tx.query("commit");
      isOpen = false;
      tx.release();
    },
  };
}

async function stored(acme: { exists(fields: { product: string }): Promise<boolean> }, product: string) {
  await eventually("it is stored", async () => expect(await acme.exists({ product })).toBe(true));
}

describe("the relay delivers", () => {
  test.each([
    ["an entry", { entry: true }, true],
    ["an entry, softly", { entry: true, soft: true }, false],
    ["a tag", { tags: ["brand:lamp"] }, true],
    ["a tag, softly", { tags: ["all-products"], soft: true }, false],
    ["the whole tenant", { all: true }, true],
  ] as const)("%s", async (_, what, isHard) => {
    const [writer, reader] = await openTwo();
    const products = productsOf(reader);
    const [acme, other] = [products.tenant("acme"), products.tenant("other")];
    for (const cache of [acme, other]) {
      await cache.getOrLoad({ product: "lamp" });
      await stored(cache, "lamp");
    }
    const relay = startRelay(writer, pool);
    const invalidations = createInvalidationOutbox(writer);
    await inTransaction(pool, async (tx) => {
      const tenant = "acme";
      const soft = "soft" in what;
      if ("entry" in what) {
        await invalidations.enqueue(tx, { tenant, cache: products, fields: [{ product: "lamp" }], soft });
      } else if ("tags" in what) await invalidations.enqueue(tx, { tenant, tags: what.tags, soft });
      else await invalidations.enqueue(tx, { tenant, all: true });
    });
    await drained(relay);
    // A soft invalidation leaves the old value, and one caller loads the new one.
    expect(await acme.get({ product: "lamp" })).toBe(isHard ? undefined : 1);
    await eventually("the new value", async () => {
      expect(await acme.getOrLoad({ product: "lamp" })).toBeGreaterThan(2);
    });
    expect(await other.get({ product: "lamp" })).toBe(2);
  });

  test("settleMs: no load fills the entry for that time", async () => {
    const moonpath = await openMoonpath();
    const products = productsOf(moonpath);
    const relay = startRelay(moonpath, pool);
    const invalidations = createInvalidationOutbox(moonpath);
    await inTransaction(pool, (tx) =>
      invalidations.enqueue(tx, {
        tenant: "acme",
        pattern: "product:<product>",
        fields: [{ product: "lamp" }, { product: "sofa" }],
        settleMs: 600_000,
      }),
    );
    await drained(relay);
    const acme = products.tenant("acme");
    expect(await acme.getOrLoad({ product: "lamp" })).toBe(1);
    expect(await acme.getOrLoad({ product: "lamp" })).toBe(2);
    // Another entry is filled meanwhile.
    await acme.getOrLoad({ product: "table" });
    await stored(acme, "table");
    expect([await acme.exists({ product: "lamp" }), await acme.exists({ product: "sofa" })]).toEqual([
      false,
      false,
    ]);
  });

  test("a hard invalidation although a soft one of the same entry follows", async () => {
    const moonpath = await openMoonpath();
    const products = productsOf(moonpath);
    const acme = products.tenant("acme");
    await acme.getOrLoad({ product: "lamp" });
    await stored(acme, "lamp");
    const invalidations = createInvalidationOutbox(moonpath);
    await inTransaction(pool, async (tx) => {
      const lamp = { tenant: "acme", cache: products, fields: [{ product: "lamp" }] };
      await invalidations.enqueue(tx, { ...lamp, settleMs: 600_000 });
      await invalidations.enqueue(tx, { ...lamp, settleMs: 1 });
      await invalidations.enqueue(tx, { ...lamp, soft: true });
    });
    await drained(startRelay(moonpath, pool));
    expect(await acme.get({ product: "lamp" })).toBeUndefined();
    await acme.getOrLoad({ product: "lamp" });
    expect(await acme.getOrLoad({ product: "lamp" })).toBe(3);
  });

  test("soon, by a notification, and after the relay was idle too", async () => {
    const moonpath = await openMoonpath();
    // Without the notification, the test would wait for a minute.
    const relay = startRelay(moonpath, pool, { pollMs: 60_000 });
    const invalidations = createInvalidationOutbox(moonpath);
    await eventually("it leads", async () => expect(await relay.status()).toMatchObject({ isLeading: true }));
    for (let round = 0; round < 20; round++) {
      await inTransaction(pool, (tx) => invalidations.enqueue(tx, { tenant: "acme", tags: [`t${round}`] }));
      await drained(relay);
    }
    expect(await relay.status()).toMatchObject({ delivered: 20, depth: 0, dead: 0, oldestMs: 0 });
  });

  test("what was committed before it started", async () => {
    const moonpath = await openMoonpath();
    const invalidations = createInvalidationOutbox({ namespace: moonpath.namespace });
    const tags = Array.from({ length: 2_500 }, (_, place) => `t${place}`);
    await inTransaction(pool, (tx) => invalidations.enqueue(tx, { tenant: "acme", tags }));
    const relay = startRelay(moonpath, pool, { batch: 100 });
    await drained(relay);
    expect((await relay.status()).delivered).toBe(2_500);
  });

  test("nothing of another namespace", async () => {
    const [one, other] = [await openMoonpath(), await openMoonpath()];
    const relay = startRelay(one, pool);
    await inTransaction(pool, async (tx) => {
      await createInvalidationOutbox(other).enqueue(tx, { tenant: "acme", all: true });
      await createInvalidationOutbox(one).enqueue(tx, { tenant: "acme", all: true });
    });
    await drained(relay);
    const otherRelay = startRelay(other, pool);
    await drained(otherRelay);
    expect([(await relay.status()).delivered, (await otherRelay.status()).delivered]).toEqual([1, 1]);
  });
});

describe("open transactions", () => {
  test("no row passes an older transaction, and all come when it ends", async () => {
    const moonpath = await openMoonpath();
    const relay = startRelay(moonpath, pool);
    const invalidations = createInvalidationOutbox(moonpath);
    const older = await open();
    await older.tx.query("select pg_current_xact_id()");
    for (let round = 0; round < 3; round++) {
      await inTransaction(pool, (tx) => invalidations.enqueue(tx, { tenant: "acme", tags: [`t${round}`] }));
    }
    // The relay has read all three rows more than once.
    await moment(300);
    expect(await relay.status()).toMatchObject({ delivered: 0, depth: 3 });
    await older.commit();
    await drained(relay);
    expect((await relay.status()).delivered).toBe(3);
  });

  test("a transaction that enqueued while no relay slept is seen soon after its commit", async () => {
    const moonpath = await openMoonpath();
    const { tx, commit } = await open();
    // No notification is sent, because no relay is idle.
    await createInvalidationOutbox(moonpath).enqueue(tx, { tenant: "acme", all: true });
    const relay = startRelay(moonpath, pool, { pollMs: 60_000 });
    await eventually("it leads", async () => expect((await relay.status()).isLeading).toBe(true));
    await moment(300);
    await commit();
    await drained(relay);
  });

  test("a commit between the last reading and the relay's idling is seen soon", async () => {
    const moonpath = await openMoonpath();
    const invalidations = createInvalidationOutbox(moonpath);
    let commits = 0;
    const relay = createInvalidationRelay(moonpath, {
      pollMs: 60_000,
      pool: {
        async connect() {
          const connection = await pool.connect();
          return {
            // The relay has read, and becomes idle next.
            async query(text: string, values?: unknown[]) {
              if (text.includes("isIdle") && commits++ === 0) {
                await inTransaction(pool, (tx) => invalidations.enqueue(tx, { tenant: "acme", all: true }));
              }
              return connection.query(text, values);
            },
            release: (destroy?: boolean) => connection.release(destroy),
            on: (event: "error" | "notification", listener: (error: Error) => void) =>
              event === "error"
                ? connection.on("error", listener)
                : connection.on(event, () => listener(new Error())),
            off: (event: "error", listener: (error: Error) => void) => connection.off(event, listener),
          };
        },
      },
    });
    afterTest(async () => void (await relay.stop()));
    relay.start();
    await eventually("it is delivered", async () => expect((await relay.status()).delivered).toBe(1));
    expect(commits).toBeGreaterThan(0);
  });

  test("a transaction that only reads holds nothing up", async () => {
    const moonpath = await openMoonpath();
    const relay = startRelay(moonpath, pool);
    const reader = await open();
    await reader.tx.query("select 1 from moonpath_invalidations");
    const invalidations = createInvalidationOutbox(moonpath);
    await inTransaction(pool, (tx) => invalidations.enqueue(tx, { tenant: "acme", all: true }));
    await drained(relay);
    await reader.commit();
  });

  test("a number below one that was delivered is delivered when it commits", async () => {
    const moonpath = await openMoonpath();
    const relay = startRelay(moonpath, pool);
    const invalidations = createInvalidationOutbox(moonpath);
    const early = await open();
    await early.tx.query("select pg_current_xact_id()");
    const late = await open();
    // The lower row number belongs to the higher transaction number.
    await invalidations.enqueue(late.tx, { tenant: "acme", tags: ["low"] });
    await invalidations.enqueue(early.tx, { tenant: "acme", tags: ["high"] });
    await early.commit();
    await eventually("the first one", async () => expect((await relay.status()).delivered).toBe(1));
    // The relay reads again with the row of the open transaction still invisible.
    await moment(300);
    await late.commit();
    await drained(relay);
    expect((await relay.status()).delivered).toBe(2);
  });

  test("a row of a restored backup, with a number that no transaction has yet, is delivered", async () => {
    const moonpath = await openMoonpath();
    const { namespace } = moonpath;
    await pool.query(
      `insert into moonpath_invalidations (xid, namespace, tenant, kind, name, is_soft)
       values ('99999999999', $1, 'acme', 'tag', 'lamps', false)`,
      [namespace],
    );
    await drained(startRelay(moonpath, pool));
  });

  test("g2: a load that began before the commit does not fill after the delivery", async () => {
    const [writer, reader] = await openTwo();
    const loader = new GatedLoader<string>();
    const products = reader.cache({
      pattern: "product:<product>",
      freshMs: 60_000,
      cacheTimeoutMs: 10_000,
      load: loader.load,
    });
    const acme = products.tenant("acme");
    const relay = startRelay(writer, pool);
    const { tx, commit } = await open();
    await createInvalidationOutbox(writer).enqueue(tx, {
      tenant: "acme",
      cache: products,
      fields: [{ product: "lamp" }],
    });
    // Loads between enqueue and commit read the old row, and fill.
    const first = acme.getOrLoad({ product: "lamp" });
    await loader.returns(0, "old");
    expect(await first).toBe("old");
    await stored(acme, "lamp");
    await acme.delete({ product: "lamp" });
    const second = acme.getOrLoad({ product: "lamp" });
    await loader.started(1);
    await commit();
    await drained(relay);
    await loader.returns(1, "old");
    expect(await second).toBe("old");
    const third = acme.getOrLoad({ product: "lamp" });
    await loader.returns(2, "new");
    expect(await third).toBe("new");
    expect(await acme.getOrLoad({ product: "lamp" })).toBe("new");
  });
});
