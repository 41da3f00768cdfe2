import { Redis } from "ioredis";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as keys from "../../generated/ts/keys.js";
import { createMoonpath, UnavailableError } from "../../src/index.js";
import { createInvalidationOutbox, type InvalidationDeadLetter } from "../../src/outbox/index.js";
import { resolveRelayOptions } from "../../src/outbox/options.js";
import { Relay } from "../../src/outbox/relay.js";
import { createTables, inTransaction } from "../../src/postgres/index.js";
import { redisFromUrl, startProxy } from "../../src/testing/index.js";
import { moment, openMoonpath } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { drained, startRelay } from "../support/outbox/kit.js";
import { startOwn } from "../support/own-server.js";
import { freshDatabase } from "../support/postgres.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";
import { eventually } from "../support/wait.js";

const databaseUrl = await freshDatabase();
const pool = new pg.Pool({ connectionString: databaseUrl, max: 12 });
pool.on("error", () => undefined);
beforeAll(() => createTables(pool));
afterAll(() => pool.end());

/** Enqueues entries of the pattern `product:<product>`. */
async function enqueued(namespace: string, ...products: readonly string[]): Promise<void> {
  const fields = products.map((product) => ({ product }));
  await inTransaction(pool, (tx) =>
    createInvalidationOutbox({ namespace }).enqueue(tx, {
      tenant: "acme",
      pattern: "product:<product>",
      fields,
    }),
  );
}

/** Errors of a relay, and the dead letters. */
function errorLog() {
  const errors: Error[] = [];
  const dead: InvalidationDeadLetter[] = [];
  const onError = (error: Error, row?: InvalidationDeadLetter) => {
    errors.push(error);
    if (row) dead.push(row);
  };
  return { errors, dead, onError };
}

describe("while Redis is away", () => {
  test("rows wait, and are delivered after its return; none becomes a dead letter", async () => {
    const server = await startOwn();
    const proxy = await startProxy(server);
    const redis = redisFromUrl(proxy.url, { retryStrategy: () => 50 });
    if (!(redis instanceof Redis)) throw new Error("it is one server");
    redis.on("error", () => undefined);
    const moonpath = createMoonpath(redis, { namespace: freshNamespace() });
    afterTest(
      () => proxy.stop(),
      () => moonpath.close(),
      () => redis.disconnect(),
    );
    await moonpath.ready();
    const { errors, onError } = errorLog();
    const relay = startRelay(moonpath, pool, { onError, maxAttempts: 1, deadlineMs: 100 });
    proxy.blackHole();
    await enqueued(moonpath.namespace, "lamp", "sofa");
    await eventually("some calls have failed", () => expect(errors.length).toBeGreaterThan(2));
    expect(await relay.status()).toMatchObject({
      delivered: 0,
      depth: 2,
      dead: 0,
      retrying: 0,
      lastError: { reason: expect.stringMatching(/UNAVAILABLE|DEADLINE|OUTCOME_UNKNOWN/) },
    });
    expect((await relay.status()).oldestMs).toBeGreaterThan(100);
    proxy.heal();
    await drained(relay);
    expect(await relay.status()).toMatchObject({ delivered: 2, dead: 0 });
  });

  test("rows whose server is away make room for the others, and are tried again", async () => {
    const namespace = freshNamespace();
    let isAway = true;
    const delivered: string[] = [];
    const options = resolveRelayOptions({ pool, batch: 10, maxAttempts: 1 });
    const relay = new Relay(namespace, options, async ({ name }) => {
      if (isAway && name.includes("away")) throw new UnavailableError("no connection to this server");
      delivered.push(name);
    });
    afterTest(async () => void (await relay.stop()));
    // More rows than a batch has.
    const away = Array.from({ length: 25 }, (_, place) => `away${place}`);
    await enqueued(
      namespace,
      "first",
      ...away.slice(0, 9),
      "second",
      ...away.slice(9, 18),
      "third",
      ...away.slice(18),
    );
    await enqueued(namespace, "last");
    relay.start();
    await eventually("the others", () =>
      expect(delivered.filter((name) => !name.includes("away"))).toEqual(
        ["first", "second", "third", "last"].map((name) => `product:${name}`),
      ),
    );
    expect(await relay.status()).toMatchObject({ depth: 25, dead: 0, retrying: 25 });
    isAway = false;
    await drained(relay);
    expect((await relay.status()).delivered).toBe(29);
  });

  test("replicas that are missing: the row stays", async () => {
    const moonpath = await openMoonpath();
    const { errors, onError } = errorLog();
    const relay = startRelay(moonpath, pool, { minReplicas: 1, deadlineMs: 100, maxAttempts: 1, onError });
    await enqueued(moonpath.namespace, "lamp");
    await eventually("it has failed", () => expect(errors.length).toBeGreaterThan(1));
    expect(errors[0]).toMatchObject({ code: "NOT_REPLICATED" });
    expect(await relay.status()).toMatchObject({ delivered: 0, depth: 1, dead: 0 });
  });
});

describe("a row that fails by itself", () => {
  test("does not stop the others, becomes a dead letter with its reason, and can be tried again", async () => {
    const moonpath = await openMoonpath();
    const { namespace } = moonpath;
    const { dead, onError } = errorLog();
    const relay = startRelay(moonpath, pool, { maxAttempts: 2, batch: 1, onError });
    const block = keys.cacheBlock({ namespace, tenant: "acme" }, "product:lamp");
    await sharedRedis().set(block, "a value of another type");
    await enqueued(namespace, "lamp");
    await enqueued(namespace, "sofa", "table");
    await eventually("the others", async () => expect((await relay.status()).delivered).toBe(2));
    await eventually("it is a dead letter", () => expect(dead).toHaveLength(1));
    const expected = {
      tenant: "acme",
      kind: "entry",
      name: "product:lamp",
      reason: "WrongTypeError WRONG_TYPE",
    };
    expect(dead).toEqual([expect.objectContaining(expected)]);
    expect(await relay.deadLetters()).toEqual(dead);
    expect(await relay.status()).toMatchObject({ depth: 0, oldestMs: 0, retrying: 0, dead: 1 });
    // It is not tried any more.
    await moment(300);
    expect(dead).toHaveLength(1);
    await sharedRedis().del(block);
    expect(await relay.redrive()).toBe(1);
    await eventually("it is delivered", async () => expect((await relay.status()).delivered).toBe(3));
    expect(await relay.deadLetters()).toEqual([]);
    expect(await relay.redrive()).toBe(0);
  });

  test("a row that no release understands becomes a dead letter too", async () => {
    const moonpath = await openMoonpath();
    await pool.query(
      `insert into moonpath_invalidations (xid, namespace, tenant, kind, name, is_soft)
       values (pg_current_xact_id(), $1, 'no tenant', 'tag', 'lamps', false)`,
      [moonpath.namespace],
    );
    const { dead, onError } = errorLog();
    const relay = startRelay(moonpath, pool, { maxAttempts: 1, onError });
    await eventually("it is a dead letter", () => expect(dead).toHaveLength(1));
    expect(dead).toEqual([
      expect.objectContaining({ tenant: "no tenant", reason: "ArgumentError ARGUMENT" }),
    ]);
    await enqueued(moonpath.namespace, "lamp");
    await drained(relay);
  });
});

test("without its table, the relay reports the error, and works as soon as it is there", async () => {
  const other = new pg.Pool({ connectionString: await freshDatabase(), max: 3 });
  other.on("error", () => undefined);
  afterTest(() => other.end());
  const moonpath = await openMoonpath();
  const { errors, onError } = errorLog();
  const relay = startRelay(moonpath, other, { onError });
  await eventually("an error", () =>
    expect(errors[0]?.message).toMatch(/moonpath_invalidations.* does not exist/),
  );
  await createTables(other);
  await inTransaction(other, (tx) =>
    createInvalidationOutbox(moonpath).enqueue(tx, { tenant: "acme", all: true }),
  );
  await drained(relay);
});
