import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { Messages } from "../../support/lua/messages.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";
import { tick } from "../../support/lua/ticks.js";

const { redis, scope, tenant } = freshTenant();
const messages = await Messages.of(redis, scope.namespace);

const leaseOf = (ticks: number) => (ticks + 0.5) * tick;

const owner = fc.constantFrom("alice", "bob", "carol");
const ticks = fc.integer({ min: 0, max: 3 });
/** Which of the fences so far a call carries: the last, the one before, … */
const back = fc.constantFrom(0, 0, 0, 1, 2);
const command = fc.oneof(
  fc.record({ do: fc.constant("acquire" as const), owner, ticks, waits: fc.boolean() }),
  fc.record({ do: fc.constant("renew" as const), owner, ticks, back }),
  fc.record({ do: fc.constant("release" as const), owner, back }),
  fc.record({ do: fc.constant("wait" as const), ticks: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant("clock ahead" as const) }),
);

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

/** A lock: who has it, for how many ticks more, and every fence that it gave out. */
class Lock {
  holder: { owner: string; fence: number; ends: number; waited: boolean } | undefined;
  readonly fences: number[] = [];
  now = 0;
  /** How many releases somebody was told of. */
  wakes = 0;
  /** The next fence, where it is known. */
  next: number | undefined;

  run(step: Command, granted: number | undefined): object {
    switch (step.do) {
      case "wait":
        this.now += step.ticks;
        if (this.holder && this.holder.ends < this.now) this.holder = undefined;
        return {};
      case "clock ahead":
        this.next = (this.next ?? 8e15) + 1e12;
        return {};
      case "acquire":
        return this.acquire(step, granted);
      default:
        return this.holds(step) ? this.held(step) : { outcome: "lost" };
    }
  }

  private acquire(step: Extract<Command, { do: "acquire" }>, granted: number | undefined): object {
    const ends = this.now + step.ticks + 0.5;
    const { holder } = this;
    if (holder && holder.owner !== step.owner) {
      holder.waited ||= step.waits;
      return { outcome: "busy", holder: holder.owner };
    }
    if (holder) {
      holder.ends = Math.max(holder.ends, ends);
      return { outcome: "acquired", fence: holder.fence };
    }
    const fence = this.next ?? granted ?? 0;
    expect(fence).toBeGreaterThan(this.fences[0] ?? 0);
    if (this.next) this.next++;
    this.fences.unshift(fence);
    this.holder = { owner: step.owner, fence, ends, waited: false };
    return { outcome: "acquired", fence };
  }

  private holds(step: Extract<Command, { do: "renew" | "release" }>): boolean {
    return this.holder?.owner === step.owner && this.holder.fence === fenceOf(this, step);
  }

  private held(step: Extract<Command, { do: "renew" | "release" }>): object {
    if (step.do === "release") {
      if (this.holder?.waited) this.wakes++;
      this.holder = undefined;
    } else if (this.holder) this.holder.ends = Math.max(this.holder.ends, this.now + step.ticks + 0.5);
    return { outcome: step.do === "release" ? "released" : "renewed" };
  }
}

const fenceOf = (lock: Lock, step: { readonly back: number }) => lock.fences[step.back] ?? 1;

async function send(name: string, lock: Lock, step: Command): Promise<object> {
  const key = keys.lock(scope, name);
  switch (step.do) {
    case "acquire": {
      const { owner: as, ticks: lease, waits } = step;
      return tenant.scripts.lock.acquire({ lock: name, owner: as, leaseMs: leaseOf(lease), waits });
    }
    case "renew": {
      const { owner: as, ticks: lease } = step;
      return tenant.scripts.lock.renew({
        lock: name,
        owner: as,
        fence: fenceOf(lock, step),
        leaseMs: leaseOf(lease),
      });
    }
    case "release":
      return tenant.scripts.lock.release({ lock: name, owner: step.owner, fence: fenceOf(lock, step) });
    case "wait": {
      const left = await redis.pttl(key);
      if (left > 0) await redis.pexpire(key, left - step.ticks * tick);
      return {};
    }
    case "clock ahead":
      await redis.set(keys.lockFence(scope, name), (lock.next ?? 8e15) + 1e12 - 1);
      return {};
  }
}

test("the lock scripts agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const name = freshName();
    const lock = new Lock();
    for (const step of commands) {
      const reply = await send(name, lock, step);
      const granted = "fence" in reply ? Number(reply.fence) : undefined;
      const { retryAfterMs, ...rest } = { retryAfterMs: undefined, ...reply };
      expect(rest, JSON.stringify(step)).toEqual(lock.run(step, granted));
      // To within a quarter of a tick: how long the run itself has taken.
      const left = lock.holder ? (lock.holder.ends - lock.now) * tick : -2;
      const pttl = await redis.pttl(keys.lock(scope, name));
      expect(Math.abs((retryAfterMs ?? pttl) - left)).toBeLessThan(tick / 4);
      expect(pttl).toBeLessThanOrEqual(left);
    }
    const { holder } = lock;
    const waited = holder?.waited ? { waited: "yes" } : {};
    const fields = holder ? { owner: holder.owner, fence: String(holder.fence), ...waited } : {};
    expect(await redis.hgetall(keys.lock(scope, name))).toEqual(fields);
    const heard = await messages.on(keys.lock(scope, name));
    expect(heard).toEqual(Array.from({ length: lock.wakes }, () => "released"));
  });
});
