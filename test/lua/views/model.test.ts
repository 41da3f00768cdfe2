import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keys, type ViewsTakeReply } from "../../../src/index.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const startMs = Date.now();

const viewed = fc.record({
  product: fc.constantFrom("a", "b", "c", "d", "e"),
  count: fc.integer({ min: 1, max: 5 }),
});
const command = fc.oneof(
  fc.record({
    do: fc.constant("add" as const),
    operation: fc.integer({ min: 1, max: 12 }).map((number) => `page-${number}`),
    views: fc.array(viewed, { maxLength: 4 }),
  }),
  fc.record({ do: fc.constant("take" as const), limit: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ do: fc.constant("ack" as const), back: fc.constantFrom(-1, 0, 0, 0, 1) }),
  fc.record({ do: fc.constant("forget" as const) }),
  fc.record({
    do: fc.constant("visit" as const),
    period: fc.constantFrom("one" as const, "two" as const),
    viewers: fc.array(fc.constantFrom("ada", "bob", "cleo", "dan", "eve"), { maxLength: 3 }),
    days: fc.constantFrom(-1, 1, 2, 3),
  }),
  fc.record({
    do: fc.constant("viewers" as const),
    period: fc.constantFrom("one" as const, "two" as const),
  }),
);

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

/** A shard: what is counted, what is taken, and the number of the latest batch. */
class Shard {
  readonly live = new Map<string, number>();
  taken = new Map<string, number>();
  latest = 0;
  /** The number of the batch before the one in flight. */
  previous: number | undefined;
  readonly operations = new Set<string>();
  readonly viewers = { one: new Set<string>(), two: new Set<string>() };
  /** Until which day the viewers of a period are stored. */
  readonly keptDays: { one?: number; two?: number } = {};

  visit({ period, viewers, days }: Extract<Command, { do: "visit" }>): object {
    if (days < 0) return { outcome: "over" };
    for (const viewer of viewers) this.viewers[period].add(viewer);
    if (viewers.length > 0) this.keptDays[period] = Math.max(this.keptDays[period] ?? 0, days);
    return { outcome: "noted" };
  }

  add(step: Extract<Command, { do: "add" }>): object {
    if (step.views.length === 0) return { outcome: "added" };
    if (this.operations.has(step.operation)) return { outcome: "repeated" };
    this.operations.add(step.operation);
    for (const { product, count } of step.views)
      this.live.set(product, (this.live.get(product) ?? 0) + count);
    return { outcome: "added" };
  }

  /**
   * Which products a new batch holds is the script's choice; how many, and their counts, is not.
   */
  take(limit: number, reply: ViewsTakeReply): object {
    if (this.taken.size === 0) {
      if (this.live.size === 0) return { outcome: "empty" };
      const chosen = reply.outcome === "batch" ? reply.views.map(({ product }) => product) : [];
      expect(chosen).toHaveLength(Math.min(limit, this.live.size));
      this.taken = new Map(chosen.map((product) => [product, this.live.get(product) ?? -1]));
      for (const product of chosen) this.live.delete(product);
      const number = reply.outcome === "batch" ? reply.batch : 0;
      expect(number).toBeGreaterThan(this.latest);
      this.previous = this.latest || undefined;
      this.latest = number;
    }
    const views = [...this.taken].map(([product, count]) => ({ product, count }));
    const before = this.previous === undefined ? {} : { previous: this.previous };
    return { outcome: "batch", batch: this.latest, views, ...before };
  }

  /**
   * The stored batch: the products in flight and, under the empty name, the number before, if there
   * was one.
   */
  batch(): object {
    if (this.taken.size === 0) return {};
    return { ...fields(this.taken), ...(this.previous !== undefined && { "": String(this.previous) }) };
  }

  ack(batch: number): object {
    if (batch < 1 || batch > this.latest) return { outcome: "unknown" };
    if (batch === this.latest) this.taken.clear();
    return { outcome: "acked" };
  }
}

const fields = (counts: ReadonlyMap<string, number>) =>
  Object.fromEntries([...counts].map(([product, count]) => [product, String(count)]));

/** A reply with its views in order, because the script returns them in none. */
const sorted = (reply: object) => ({
  ...reply,
  ...("views" in reply &&
    Array.isArray(reply.views) && { views: reply.views.map((view) => JSON.stringify(view)).sort() }),
});

async function compare(shard: string, model: Shard, step: Command): Promise<void> {
  switch (step.do) {
    case "add": {
      const reply = await tenant.views.add({ shard, rememberMs: 60_000_000, ...step });
      return expect(reply, JSON.stringify(step)).toEqual(model.add(step));
    }
    case "take": {
      const reply = await tenant.views.take({ shard, limit: step.limit });
      const expected = model.take(step.limit, reply);
      return expect(sorted(reply), JSON.stringify(step)).toEqual(sorted(expected));
    }
    case "ack": {
      const batch = Math.max(model.latest - step.back, 0);
      const reply = await tenant.views.ack({ shard, batch });
      return expect(reply, JSON.stringify(step)).toEqual(model.ack(batch));
    }
    case "forget": {
      const known = [...model.operations].map((operation) => keys.viewsOperation(scope, shard, operation));
      if (known.length > 0) await redis.del(...known);
      model.operations.clear();
      return;
    }
    case "visit": {
      const { period, viewers, days } = step;
      const keepUntilMs = startMs + days * 86_400_000;
      const reply = await tenant.views.visit({ product: shard, period, viewers, keepUntilMs });
      expect(reply).toEqual(model.visit(step));
      const until = model.keptDays[period];
      const expected = until === undefined ? -2 : startMs + until * 86_400_000;
      expect(await redis.pexpiretime(keys.viewers(scope, shard, period))).toBe(expected);
      return;
    }
    case "viewers": {
      const { period } = step;
      const reply = await tenant.views.viewers({ product: shard, period });
      // Redis's estimate is exact for so few.
      return expect(reply).toEqual({ viewers: model.viewers[period].size });
    }
  }
}

test("the views scripts agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const shard = freshName();
    const model = new Shard();
    for (const step of commands) await compare(shard, model, step);
    expect(await redis.hgetall(keys.views(scope, shard))).toEqual(fields(model.live));
    expect(await redis.hgetall(keys.viewsBatch(scope, shard))).toEqual(model.batch());
    expect(await redis.get(keys.viewsSequence(scope, shard))).toBe(
      model.latest ? String(model.latest) : null,
    );
  });
});
