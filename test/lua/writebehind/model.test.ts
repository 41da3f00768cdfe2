import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { QueueModel } from "../../support/lua/models/writebehind.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const { writebehind } = tenant;

const key = fc.constantFrom("a", "b", "c");
const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("enqueue" as const),
      key,
      value: fc.constantFrom("", "x", "yy", "z".repeat(30)),
      mode: fc.constantFrom("coalesce" as const, "append" as const),
      operation: fc.integer({ min: 1, max: 30 }).map((number) => `w${number}`),
      maxWrites: fc.constantFrom(3, 100),
      maxBytes: fc.constantFrom(120, 10_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("read" as const), key }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("take" as const),
      limit: fc.integer({ min: 1, max: 4 }),
      maxBytes: fc.constantFrom(1, 60, 10_000),
      skipDelay: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("ack" as const),
      back: fc.constantFrom(-1, 0, 0, 0, 1),
      /** Which writes of the batch the database has refused. */
      refused: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
    }),
  },
  fc.record({
    do: fc.constant("retry" as const),
    back: fc.constantFrom(0, 0, 1),
    more: fc.constantFrom(0, 0, 1),
    delayMs: fc.constantFrom(0, 3_600_000),
  }),
  fc.record({ do: fc.constant("depth" as const) }),
  fc.record({ do: fc.constant("listDead" as const) }),
  fc.record({
    do: fc.constant("resolve" as const),
    place: fc.integer({ min: 0, max: 3 }),
    wrongBy: fc.constantFrom(0, 0, 0, 1),
    decision: fc.constantFrom("redrive" as const, "discard" as const),
  }),
  fc.record({ do: fc.constant("purge" as const), wrongBy: fc.constantFrom(0, 0, 1) }),
  fc.record({ do: fc.constant("forget" as const) }),
);

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

async function compare(queue: string, model: QueueModel, step: Command): Promise<void> {
  const place = { queue, queueShard: "0" };
  const what = JSON.stringify(step);
  switch (step.do) {
    case "enqueue": {
      const { do: _, value, ...args } = step;
      const limits = { flushWrites: 1_000, rememberMs: 60_000_000 };
      const reply = await writebehind.enqueue({ ...place, ...args, ...limits, value: Buffer.from(value) });
      const { sequence } = await writebehind.depth(place);
      return expect(reply, what).toEqual(model.enqueue(step, sequence));
    }
    case "read": {
      const reply = await writebehind.read({ ...place, key: step.key });
      return expect(textOf(reply), what).toEqual(model.read(step.key));
    }
    case "take": {
      const { limit, maxBytes, skipDelay } = step;
      const reply = await writebehind.take({ ...place, limit, maxBytes, skipDelay });
      const expected = model.take(step, reply.outcome === "batch" ? reply.batch : 0);
      if (reply.outcome === "waiting") {
        expect(reply.retryInMs).toBeGreaterThan(0);
        return expect({ outcome: reply.outcome }, what).toEqual(expected);
      }
      return expect(textOf(reply), what).toEqual(expected);
    }
    case "ack": {
      const batch = Math.max(model.batch - step.back, 0);
      const refused = model.refusable(step.refused);
      const reply = await writebehind.ack({ ...place, batch, refused });
      const { sequence } = await writebehind.depth(place);
      return expect(reply, what).toEqual(model.ack(batch, refused, sequence));
    }
    case "retry": {
      const batch = Math.max(model.batch - step.back, 0);
      const attempts = model.attempts + step.more;
      const args = { batch, attempts, delayMs: step.delayMs, reason: "away" };
      return expect(await writebehind.retry({ ...place, ...args }), what).toEqual(model.retry(args));
    }
    case "depth": {
      const { oldestMs, retryInMs: _, ...reply } = await writebehind.depth(place);
      expect(oldestMs !== undefined, what).toBe(reply.queued + reply.inFlight > 0);
      return expect(reply, what).toEqual(model.depth());
    }
    case "listDead": {
      const { writes } = await writebehind.listDead({ ...place, limit: 100 });
      const listed = writes.map(({ deadSinceMs: _, ...write }) => write);
      const bySequence = (one: { sequence: number }, other: { sequence: number }) =>
        one.sequence - other.sequence;
      return expect(listed.sort(bySequence), what).toEqual(model.listDead().sort(bySequence));
    }
    case "resolve": {
      const dead = model.listDead()[step.place];
      const args = { key: dead?.key ?? "a", sequence: (dead?.sequence ?? 1) + step.wrongBy };
      const { decision } = step;
      const reply = await writebehind.resolve({ ...place, ...args, decision });
      const { sequence } = await writebehind.depth(place);
      return expect(reply, what).toEqual(model.resolve(args, decision, sequence));
    }
    case "purge": {
      const sequence = Math.max(model.sequence - step.wrongBy, 0);
      return expect(await writebehind.purge({ ...place, sequence }), what).toEqual(model.purge(sequence));
    }
    case "forget": {
      const known = [...model.operations].map((one) => keys.writeOperation(scope, queue, "0", one));
      if (known.length > 0) await redis.del(...known);
      model.operations.clear();
    }
  }
}

/** A reply with its bytes as texts. */
function textOf(reply: object): object {
  return Object.fromEntries(
    Object.entries(reply).map(([name, value]: [string, unknown]) => [
      name,
      Buffer.isBuffer(value) ? value.toString() : value,
    ]),
  );
}

test("the scripts of write-behind agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const queue = freshName();
    const model = new QueueModel();
    for (const step of commands) await compare(queue, model, step);
    const names = await redis.lrange(keys.writeQueue(scope, queue, "0"), 0, -1);
    const values = await redis.hkeys(keys.writeValues(scope, queue, "0"));
    expect([...names].sort()).toEqual(values.sort());
    expect(names).toHaveLength(model.depth().queued);
    const dead = await redis.zrange(keys.writeDead(scope, queue, "0"), "0", "-1");
    expect(dead.sort()).toEqual((await redis.hkeys(keys.writeDeadRecords(scope, queue, "0"))).sort());
  });
});
