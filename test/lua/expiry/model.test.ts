import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../support/commands.js";
import { checkModel, freshName, modelLimitMs } from "../support/property.js";
import { freshTenant } from "../support/tenants.js";
import { type Command, command, ExpiryModel } from "./model.js";

const { redis, scope, tenant } = freshTenant();

const tick = 1_000_000;

/** One set in Redis, whose instants are written as the model has them whenever time passes. */
class ExpirySet {
  readonly due: string;
  readonly processing: string;

  constructor(
    readonly name: string,
    readonly model: ExpiryModel,
    readonly startMs: number,
  ) {
    this.due = keys.due(scope, name);
    this.processing = keys.processing(scope, name);
  }

  /** An instant of the model by Redis's clock, which stands at the start whatever the model's clock says. */
  ms = (instant: number) => this.startMs + (instant - this.model.now) * tick;

  async send(step: Command): Promise<object> {
    const set = this.name;
    switch (step.do) {
      case "track":
      case "extend":
        return tenant.expiry[step.do]({
          set,
          item: step.item,
          dueMs: this.ms(this.model.now + step.dueIn + 0.25),
        });
      case "cancel":
        return tenant.expiry.cancel({ set, item: step.item });
      case "claim":
        return tenant.expiry.claim({ set, leaseMs: (step.ticks + 0.5) * tick, ...step });
      case "ack":
        return tenant.expiry.ack({ set, ...step });
      case "upcoming":
        return tenant.expiry.upcoming({ set, withinMs: step.ticks * tick, limit: step.limit });
      case "wait":
        return {};
    }
  }

  async writeInstants(): Promise<void> {
    for (const [item, instant] of this.model.due) await redis.zadd(this.due, this.ms(instant), item);
    for (const [item, instant] of this.model.processing)
      await redis.zadd(this.processing, this.ms(instant), item);
    for (const claim of ["x", "y", "z"]) {
      const key = keys.claim(scope, this.name, claim);
      const held = this.model.claims.get(claim);
      if (!held) await redis.del(key);
      else {
        await redis.zadd(key, this.ms(held.ends), "");
        await redis.pexpireat(key, this.ms(held.ends));
      }
    }
  }

  /** Everything stored is what the model has; instants to within a quarter of a tick. */
  async compare(): Promise<void> {
    await this.compareScores(this.due, this.model.due);
    await this.compareScores(this.processing, this.model.processing);
    const counts = [...this.model.attempts].map(([item, count]) => [item, String(count)]);
    expect(await redis.hgetall(keys.attempts(scope, this.name))).toEqual(Object.fromEntries(counts));
    for (const claim of ["x", "y", "z"]) {
      const held = this.model.claims.get(claim);
      const members = await redis.zrange(keys.claim(scope, this.name, claim), "0", "-1");
      expect(members).toEqual(held ? [...held.items, ""] : []);
    }
  }

  private async compareScores(key: string, instants: ReadonlyMap<string, number>): Promise<void> {
    expect((await redis.zrange(key, "0", "-1")).map(String).sort()).toEqual([...instants.keys()].sort());
    for (const [item, instant] of instants) {
      const score = Number(await redis.zscore(key, item));
      expect(Math.abs(score - this.ms(instant)), item).toBeLessThan(tick / 4);
    }
  }
}

/** What a reply tells by Redis's clock, which goes on while the test runs, apart from the rest. */
function clockApart(reply: object) {
  const { leaseEndsMs, waitMs, ...rest } = { leaseEndsMs: undefined, waitMs: undefined, ...reply };
  return { leaseEndsMs, waitMs, rest };
}

/** The same to within a quarter of a tick, or both absent. */
function expectNear(told: number | undefined, expected: number | undefined): void {
  expect(told === undefined).toBe(expected === undefined);
  expect(Math.abs((told ?? 0) - (expected ?? 0))).toBeLessThan(tick / 4);
}

test("a set of items does as its model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const model = new ExpiryModel();
    const set = new ExpirySet(freshName(), model, await nowMs(redis));
    for (const step of commands) {
      const reply = clockApart(await set.send(step));
      const expected = clockApart(model.run(step, set.ms));
      expect(reply.rest, JSON.stringify(step)).toEqual(expected.rest);
      expectNear(reply.leaseEndsMs, expected.leaseEndsMs);
      expectNear(reply.waitMs, expected.waitMs);
      if (step.do === "claim") await set.compare();
      if (step.do === "claim" || step.do === "wait") await set.writeInstants();
    }
    await set.compare();
  });
});
