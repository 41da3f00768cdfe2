import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createInvalidationOutbox, createInvalidationRelay } from "../../src/outbox/index.js";
import { createTables, inTransaction } from "../../src/postgres/index.js";
import { openMoonpath } from "../support/cache/kit.js";
import { drained, startRelay } from "../support/outbox/kit.js";
import { freshDatabase } from "../support/postgres.js";
import { deferred, eventually } from "../support/wait.js";

const databaseUrl = await freshDatabase();
const pool = new pg.Pool({ connectionString: databaseUrl, max: 12 });
pool.on("error", () => undefined);
beforeAll(() => createTables(pool));
afterAll(() => pool.end());

describe("several relays", () => {
  test("one leads, and another takes over when its connection is cut: every row is delivered", async () => {
    const moonpath = await openMoonpath();
    const relays = [startRelay(moonpath, pool), startRelay(moonpath, pool), startRelay(moonpath, pool)];
    const invalidations = createInvalidationOutbox(moonpath);
    const leading = async () => {
      const all = await Promise.all(relays.map((relay) => relay.status()));
      return all.filter(({ isLeading }) => isLeading).length;
    };
    for (let round = 0; round < 5; round++) {
      await eventually("one leads", async () => expect(await leading()).toBe(1));
      await inTransaction(pool, (tx) => invalidations.enqueue(tx, { tenant: "acme", tags: [`t${round}`] }));
      await pool.query(
        `select pg_terminate_backend(pid) from pg_locks
         where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())`,
      );
    }
    const [first] = relays;
    if (!first) throw new Error("there are three");
    await drained(first);
    const delivered = await Promise.all(relays.map(async (relay) => (await relay.status()).delivered));
    expect(delivered.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(5);
    expect(await leading()).toBeLessThanOrEqual(1);
  });

  test("a relay that is stopped gives way, and the rows that are left are for the next one", async () => {
    const moonpath = await openMoonpath();
    const first = startRelay(moonpath, pool);
    await eventually("it leads", async () => expect((await first.status()).isLeading).toBe(true));
    const second = startRelay(moonpath, pool);
    expect(await first.stop()).toBe("finished");
    const invalidations = createInvalidationOutbox(moonpath);
    await inTransaction(pool, (tx) => invalidations.enqueue(tx, { tenant: "acme", all: true }));
    await drained(second);
    expect([(await first.status()).delivered, (await second.status()).delivered]).toEqual([0, 1]);
    first.start();
    expect(await first.stop()).toBe("finished");
  });

  test("stop has a limit while Redis does not answer", async () => {
    const moonpath = await openMoonpath();
    const started = deferred("the delivery begins");
    const client = {
      namespace: moonpath.namespace,
      tenant: () => ({
        cache: {
          deliver: () => {
            started.resolve();
            return new Promise<void>(() => undefined);
          },
        },
      }),
    };
    const relay = createInvalidationRelay(client, { pool });
    relay.start();
    await inTransaction(pool, (tx) =>
      createInvalidationOutbox(moonpath).enqueue(tx, { tenant: "acme", all: true }),
    );
    await started.promise;
    expect(await relay.stop({ graceMs: 50 })).toBe("timedOut");
    // Its connection is cut, so another relay delivers.
    await drained(startRelay(moonpath, pool));
  });
});
