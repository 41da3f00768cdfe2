import * as fc from "fast-check";
import pg from "pg";
import { expect, test } from "vitest";
import { keys, ReconcileError } from "../../src/index.js";
import { applyWrites, createTables, inTransaction } from "../../src/postgres/index.js";
import { freshName } from "../support/lua/property.js";
import { freshTenant } from "../support/lua/tenants.js";
import { freshDatabase } from "../support/postgres.js";
import { writeShard } from "../support/writebehind/shard.js";

const WORKERS = 3;
/** The database refuses each value that is a multiple of it. */
const REFUSED = 5;

const worker = fc.nat(WORKERS - 1);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("enqueue" as const),
      key: fc.constantFrom("lamp", "vase"),
      mode: fc.constantFrom("coalesce" as const, "coalesce" as const, "append" as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("take" as const), worker, limit: fc.constantFrom(1, 3) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("commit" as const), worker, isolates: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("ack" as const), worker }) },
  fc.record({ do: fc.constant("kill" as const), worker }),
  fc.record({ do: fc.constant("retry" as const), worker }),
  fc.record({ do: fc.constant("redrive" as const), place: fc.nat(2) }),
  // Calls of before that arrive once more: back 0 is the last one.
  fc.record({
    do: fc.constantFrom("enqueue again" as const, "commit again" as const, "ack again" as const),
    back: fc.nat(3),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const pool = new pg.Pool({ connectionString: await freshDatabase(), max: 8 });
pool.on("error", () => undefined);
const { redis, scope, tenant } = freshTenant();
const { writebehind } = tenant;

interface Held {
  readonly batch: number;
  readonly previous: number | undefined;
  readonly attempts: number;
  readonly writes: readonly { key: string; sequence: number; operation: string; value: Buffer }[];
  refused?: readonly { readonly sequence: number; readonly reason: string }[] | undefined;
}

/** One shard of a queue, its writers, its workers and its database. */
class Shard {
  readonly queue = freshName();
  readonly calls = writeShard(tenant, this.queue);
  /** The latest value of each key, and all appended ones. */
  readonly latest = new Map<string, number>();
  readonly appended: number[] = [];
  readonly #enqueued: (() => Promise<{ readonly outcome: string }>)[] = [];
  readonly #committed: Held[] = [];
  readonly #acked: Held[] = [];
  readonly #held: (Held | undefined)[] = [];
  #value = 0;

  async run(one: Step): Promise<void> {
    switch (one.do) {
      case "enqueue":
        return this.#enqueue(one.key, one.mode);
      case "take":
        this.#held[one.worker] = await this.take(one.limit);
        return;
      case "commit": {
        const held = this.#held[one.worker];
        if (held && !held.refused) await this.commit(held, one.isolates);
        return;
      }
      case "ack": {
        const held = this.#held[one.worker];
        if (!held?.refused) return;
        this.#held[one.worker] = undefined;
        this.#acked.push(held);
        await this.calls.ack(held.batch, held.refused);
        return;
      }
      case "kill":
        this.#held[one.worker] = undefined;
        return;
      case "retry": {
        const held = this.#held[one.worker];
        if (!held) return;
        const { batch, attempts } = held;
        await writebehind.retry({ ...this.calls.place, batch, attempts, delayMs: 0, reason: "away" });
        return;
      }
      case "redrive": {
        const dead = (await this.calls.listDead())[one.place];
        if (!dead) return;
        const { key, sequence } = dead;
        await writebehind.resolve({ ...this.calls.place, key, sequence, decision: "redrive" });
        return;
      }
      case "enqueue again": {
        const reply = await this.#enqueued.at(-1 - one.back)?.();
        if (reply) expect(reply).toEqual({ outcome: "repeated" });
        return;
      }
      case "commit again": {
        const late = this.#committed.at(-1 - one.back);
        if (late) await this.commit(late, true);
        return;
      }
      case "ack again": {
        const late = this.#acked.at(-1 - one.back);
        if (late?.refused) await this.calls.ack(late.batch, late.refused);
      }
    }
  }

  async #enqueue(key: string, mode: "coalesce" | "append"): Promise<void> {
    const number = ++this.#value;
    const limits = { maxWrites: 1_000, maxBytes: 1_000_000, flushWrites: 1_000, rememberMs: 600_000 };
    const value = Buffer.from(String(number));
    const name = mode === "append" ? `${key}-events` : key;
    const write = { ...this.calls.place, ...limits, key: name, value, mode, operation: `write-${number}` };
    // Of two at once, the later number is the later one in Redis, because they use one connection.
    if (mode === "append") this.appended.push(number);
    else this.latest.set(name, number);
    const queued = writebehind.enqueue(write);
    this.#enqueued.push(() => writebehind.enqueue(write));
    expect((await queued).outcome).toMatch(/^(queued|replaced)$/);
  }

  async take(limit: number): Promise<Held | undefined> {
    const taken = await writebehind.take({ ...this.calls.place, limit, maxBytes: 100, skipDelay: true });
    if (taken.outcome !== "batch") return undefined;
    let at = 0;
    const writes = taken.writes.map(({ valueBytes, ...write }) => {
      const value = taken.values.subarray(at, at + valueBytes);
      at += valueBytes;
      return { ...write, value };
    });
    return { batch: taken.batch, previous: taken.previous, attempts: taken.attempts, writes };
  }

  /** False if the database refuses the batch as a whole. */
  async commit(held: Held, isolates: boolean): Promise<boolean> {
    const batch = { tenant: scope.tenant, queue: this.queue, shard: "0", isolates, ...held };
    try {
      const { refused } = await inTransaction(pool, (tx) =>
        applyWrites(tx, batch, (writes) =>
          tx.query("insert into made (queue, key, value) select $1, * from unnest($2::text[], $3::int[])", [
            this.queue,
            writes.map(({ key }) => key),
            writes.map(({ value }) => Number(value)),
          ]),
        ),
      );
      held.refused = refused;
      this.#committed.push(held);
      return true;
    } catch (error) {
      if (error instanceof ReconcileError) {
        // Then another worker has written and acknowledged the batch.
        const current = Number(await redis.hget(keys.writeState(scope, this.queue, "0"), "batch"));
        const isInFlight = await redis.exists(keys.writeBatch(scope, this.queue, "0"));
        expect(current > held.batch || isInFlight === 0).toBe(true);
      } else expect(error).toMatchObject({ code: "23514" });
      return false;
    }
  }

  /** What one worker at the end has to do. */
  async drain(): Promise<void> {
    for (let batches = 0; batches < 200; batches++) {
      const held = await this.take(100);
      if (!held) return;
      expect(await this.commit(held, true)).toBe(true);
      expect(await this.calls.ack(held.batch, held.refused)).toEqual({ outcome: "acked" });
    }
    throw new Error("the queue does not become empty");
  }
}

async function check(steps: readonly (readonly Step[])[]): Promise<void> {
  const shard = new Shard();
  for (const together of steps) await Promise.all(together.map((one) => shard.run(one)));
  await shard.drain();
  const { rows } = await pool.query<{ key: string; value: number }>(
    "select key, value from made where queue = $1 order by at",
    [shard.queue],
  );
  const made = rows.map(({ value }) => value);
  expect(new Set(made).size, "no write is made twice").toBe(made.length);
  for (const key of new Set(rows.map((row) => row.key))) {
    const values = rows.filter((row) => row.key === key).map(({ value }) => value);
    expect(values, "no older value comes after a newer one").toEqual(values.toSorted((a, b) => a - b));
  }
  const dead = await shard.calls.listDead();
  const refused = dead.map(({ operation }) => Number(operation.replace("write-", "")));
  for (const value of refused) expect(value % REFUSED, "only refused writes are dead").toBe(0);
  const expected = [...shard.appended, ...shard.latest.values()];
  const missing = expected.filter((value) => !(value % REFUSED === 0 ? refused : made).includes(value));
  expect(missing, "no write is lost").toEqual([]);
  for (const { key, sequence } of dead)
    await writebehind.resolve({ ...shard.calls.place, key, sequence, decision: "discard" });
  expect(await shard.calls.depth()).toMatchObject({ queued: 0, inFlight: 0, dead: 0, bytes: 0 });
}

test("random orders of events, in Redis and PostgreSQL", { timeout: 120_000 }, async () => {
  await createTables(pool);
  await pool.query(
    `create table made (at bigserial, queue text, key text, value int check (value % ${REFUSED} <> 0))`,
  );
  const steps = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), {
    minLength: 10,
    maxLength: 40,
    size: "max",
  });
  const property = fc.asyncProperty(steps, check);
  try {
    await Promise.all(
      Array.from({ length: 4 }, () => fc.assert(property, { numRuns: 40, endOnFailure: true })),
    );
  } finally {
    await pool.end();
  }
});
