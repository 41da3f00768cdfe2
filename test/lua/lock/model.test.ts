import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { Messages } from "../../support/lua/messages.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { leaseLeftMs, moveLeaseEnd, storedLock } from "../../support/lua/stored-lock.js";
import { freshTenant } from "../../support/lua/tenants.js";
import { tick } from "../../support/lua/ticks.js";

const { redis, scope, tenant } = freshTenant();
const messages = await Messages.of(redis, scope.namespace);

const leaseOf = (ticks: number) => (ticks + 0.5) * tick;

/** The last hold or attempt of an owner is forgotten so long after its end. */
const keptMs = 660_000;

const owners = ["alice", "bob", "carol", "dora", "eve"];
const owner = fc.constantFrom(...owners);
const ticks = fc.integer({ min: 0, max: 3 });
/** Which of the grants so far a call refers to: the last, the one before, … */
const back = fc.constantFrom(0, 0, 0, 0, 1, 2);
const command = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("acquire" as const), owner, ticks, waits: fc.boolean() }),
  },
  fc.record({ do: fc.constant("renew" as const), back, ticks, isLate: fc.boolean() }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant("release" as const), back }) },
  fc.record({ do: fc.constant("give up" as const), owner }),
  fc.record({ do: fc.constant("wait" as const), ticks: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant("clock ahead" as const) }),
  fc.record({ do: fc.constant("forget owners" as const) }),
);

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

interface Grant {
  readonly owner: string;
  readonly fence: number;
  /** In ticks. */
  ends: number;
  /** The ends that Redis returned, in ms; the last one counts. */
  readonly endsMs: number[];
  state: "held" | "waited" | "released";
}

/** A lock: its grants, the last one first, and the owners that cannot acquire it any more. */
class Lock {
  readonly grants: Grant[] = [];
  ended = new Map<string, "busy" | "ended">();
  now = 0;
  /** How many releases somebody was told of. */
  wakes = 0;
  /** The next fence, where it is known. */
  next: number | undefined;

  get last(): Grant | undefined {
    return this.grants[0];
  }

  get holder(): Grant | undefined {
    const { last } = this;
    return last && last.state !== "released" && last.ends > this.now ? last : undefined;
  }

  run(step: Command, reply: Answer): object {
    switch (step.do) {
      case "wait":
        this.now += step.ticks;
        return {};
      case "clock ahead":
        if (this.last) this.next = (this.next ?? 8e15) + 1e12;
        return {};
      case "forget owners":
        this.ended = new Map();
        return {};
      case "acquire":
        return this.acquire(step, reply);
      case "give up":
        return this.giveUp(step.owner);
      case "release":
        return this.release(this.grants[step.back]);
      case "renew":
        return this.renew(this.grants[step.back], step, reply);
    }
  }

  private acquire(step: Extract<Command, { do: "acquire" }>, reply: Answer): object {
    const { holder, last } = this;
    if (holder?.owner === step.owner) return granted(holder, true);
    const known = this.ended.get(step.owner);
    if (last?.owner === step.owner || known === "ended") return { outcome: "ended" };
    if (holder) {
      if (step.waits && known === "busy") return { outcome: "ended" };
      if (step.waits) holder.state = "waited";
      else this.ended.set(step.owner, "busy");
      return { outcome: "busy", holder: holder.owner };
    }
    if (known) return { outcome: "ended" };
    const fence = this.next ?? reply.fence ?? 0;
    expect(fence).toBeGreaterThan(last?.fence ?? 0);
    if (this.next) this.next++;
    this.ended.set(step.owner, "ended");
    const ends = this.now + step.ticks + 0.5;
    this.grants.unshift({ owner: step.owner, fence, ends, endsMs: [reply.leaseEndsMs ?? 0], state: "held" });
    return this.last ? granted(this.last, false) : {};
  }

  private giveUp(name: string): object {
    if (this.last?.owner === name) return this.release(this.last);
    if (!this.ended.has(name)) this.ended.set(name, "ended");
    return { outcome: "lost" };
  }

  private release(grant: Grant | undefined): object {
    const { holder, last } = this;
    if (grant === undefined) return {};
    if (grant !== last) {
      if (last?.owner !== grant.owner && !this.ended.has(grant.owner)) this.ended.set(grant.owner, "ended");
      return { outcome: "lost" };
    }
    if (grant.state === "released") return { outcome: "lost" };
    if (grant.state === "waited") this.wakes++;
    grant.state = "released";
    this.ended.set(grant.owner, "ended");
    return { outcome: holder ? "released" : "lost" };
  }

  private renew(grant: Grant | undefined, step: Extract<Command, { do: "renew" }>, reply: Answer): object {
    if (grant === undefined) return {};
    if (grant !== this.holder) {
      if (grant === this.last) grant.state = "released";
      return { outcome: "lost" };
    }
    if (step.isLate && grant.endsMs.length > 1) return { outcome: "stale", leaseEndsMs: grant.endsMs.at(-1) };
    const before = grant.endsMs.at(-1) ?? 0;
    expect(reply.leaseEndsMs).toBeGreaterThan(before);
    this.ended.set(grant.owner, "ended");
    grant.endsMs.push(reply.leaseEndsMs ?? 0);
    grant.ends = Math.max(grant.ends, this.now + step.ticks + 0.5);
    return { outcome: "renewed", leaseEndsMs: reply.leaseEndsMs };
  }
}

interface Answer {
  readonly fence?: number;
  readonly leaseEndsMs?: number;
  readonly retryAfterMs?: number;
}

function granted({ fence, endsMs }: Grant, repeated: boolean): object {
  return { outcome: "acquired", fence, leaseEndsMs: endsMs.at(-1), repeated };
}

async function send(name: string, lock: Lock, step: Command): Promise<object> {
  const key = keys.lock(scope, name);
  const grantOf = (position: number) => {
    const grant = lock.grants[position];
    return grant && { lock: name, owner: grant.owner, fence: grant.fence, endsMs: grant.endsMs };
  };
  switch (step.do) {
    case "acquire": {
      const { owner: as, ticks: lease, waits } = step;
      return tenant.scripts.lock.acquire({ lock: name, owner: as, leaseMs: leaseOf(lease), waits });
    }
    case "renew": {
      const grant = grantOf(step.back);
      if (!grant) return {};
      const { endsMs, ...mine } = grant;
      const leaseEndsMs = endsMs.at(step.isLate ? 0 : -1) ?? 0;
      return tenant.scripts.lock.renew({ ...mine, leaseEndsMs, leaseMs: leaseOf(step.ticks) });
    }
    case "release": {
      const grant = grantOf(step.back);
      return grant ? tenant.scripts.lock.release({ lock: name, owner: grant.owner, fence: grant.fence }) : {};
    }
    case "give up":
      return tenant.scripts.lock.release({ lock: name, owner: step.owner });
    case "wait":
      await moveLeaseEnd(redis, key, -step.ticks * tick);
      for (const grant of lock.grants.slice(0, 1)) {
        grant.endsMs.splice(0, grant.endsMs.length, ...grant.endsMs.map((ends) => ends - step.ticks * tick));
      }
      return {};
    case "clock ahead": {
      const stored = await storedLock(redis, key);
      if (!stored) return {};
      const fence = (lock.next ?? 8e15) + 1e12 - 1;
      await redis.set(key, `${fence} ${stored.leaseEndsMs} ${stored.state} ${stored.owner}`, "KEEPTTL");
      if (lock.last) lock.grants[0] = { ...lock.last, fence };
      return {};
    }
    case "forget owners":
      await redis.del(owners.map((one) => keys.lockOwner(scope, name, one)));
      return {};
  }
}

test("the lock scripts agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const name = freshName();
    const key = keys.lock(scope, name);
    const lock = new Lock();
    for (const step of commands) {
      const reply: Answer = await send(name, lock, step);
      const { retryAfterMs, ...rest } = { retryAfterMs: undefined, ...reply };
      expect(rest, JSON.stringify(step)).toEqual(lock.run(step, reply));
      // To within a quarter of a tick: how long the run itself has taken.
      const left = lock.holder ? (lock.holder.ends - lock.now) * tick : 0;
      expect(Math.abs((await leaseLeftMs(redis, key)) - left)).toBeLessThan(tick / 4);
      if (retryAfterMs !== undefined) expect(Math.abs(retryAfterMs - left)).toBeLessThan(tick / 4);
      const { last } = lock;
      const stored = last && { fence: last.fence, state: last.state, owner: last.owner };
      if (stored) expect(await storedLock(redis, key)).toMatchObject(stored);
      else expect(await redis.exists(key)).toBe(0);
    }
    for (const one of owners) {
      const remembered = await redis.get(keys.lockOwner(scope, name, one));
      const expected = lock.ended.get(one);
      expect(remembered === null ? undefined : remembered === "busy" ? "busy" : "ended").toBe(expected);
      if (remembered !== null) {
        const left = await redis.pttl(keys.lockOwner(scope, name, one));
        expect(left).toBeGreaterThan(keptMs - 60_000);
      }
    }
    const heard = await messages.on(key);
    expect(heard).toEqual(Array.from({ length: lock.wakes }, () => "released"));
  });
});
