import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { keys, scripts } from "../../../src/index.js";
import { clockKey, withClock } from "../../support/lua/clock.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope } = freshTenant();
const { enter, renew, leave } = scripts.limit;
const tenant = createScriptClient(
  redis,
  { limit: { enter: withClock(enter), renew: withClock(renew), leave: withClock(leave) } },
  { namespace: scope.namespace, deadlineMs: 15_000 },
).tenant(scope.tenant).limit;

/** In the future of the server, so that no key ends while a test runs. */
const startMs = 4_000_000_000_000;

const names = ["alice", "bob", "carol", "dora", "eve", "fred", "gina"];
const owner = fc.constantFrom(...names);
const leaseMs = fc.constantFrom(1_000, 3_000, 9_000);
const command = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("enter" as const),
      owner,
      leaseMs,
      maxPermits: fc.constantFrom(1, 2, 3, 3, 3, 4),
      waits: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("renew" as const),
      owner,
      leaseMs,
      isLate: fc.constantFrom(false, false, true),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("leave" as const),
      owner,
      fence: fc.constantFrom("its own" as const, "none" as const, "another" as const),
    }),
  },
  fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 999, 1_000, 3_001, -1_500) }),
  fc.record({ do: fc.constant("forget owners" as const) }),
  fc.record({ do: fc.constant("faster clock" as const) }),
);

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;
type Step<Do extends Command["do"]> = Extract<Command, { do: Do }>;

interface Grant {
  readonly permit: number;
  fence: number;
  readonly ends: number[];
  hasLeft: boolean;
}

interface Answer {
  readonly outcome: string;
  readonly permit?: number;
  readonly fence?: number;
  readonly leaseEndsMs?: number;
  readonly retryAfterMs?: number;
  readonly repeated?: boolean;
}

/** The permits of a name: the last grant of each number, and what is remembered of each owner. */
class Permits {
  nowMs = startMs;
  readonly numbers = new Map<number, Grant>();
  owners = new Map<string, Grant | "busy" | "ended">();

  isLive = (grant: Grant) => !grant.hasLeft && endOf(grant) > this.nowMs;

  get live(): Grant[] {
    return [...this.numbers.values()].filter(this.isLive);
  }

  enter(step: Step<"enter">, reply: Answer): object {
    const known = this.owners.get(step.owner);
    const { live } = this;
    const isFull = live.length >= step.maxPermits;
    if (typeof known === "object") {
      const isHeld = this.numbers.get(known.permit) === known && this.isLive(known);
      return isHeld ? entered(known, true) : { outcome: "ended" };
    }
    if (known === "ended" || (known === "busy" && (step.waits || !isFull))) return { outcome: "ended" };
    if (isFull) {
      if (!step.waits) this.owners.set(step.owner, "busy");
      return { outcome: "full", retryAfterMs: Math.min(...live.map(endOf)) - this.nowMs };
    }
    this.noteSurplus(step.maxPermits);
    const { permit = -1 } = reply;
    const last = this.numbers.get(permit);
    expect(permit).toBeGreaterThanOrEqual(0);
    expect(permit).toBeLessThan(step.maxPermits);
    expect(last && this.isLive(last)).not.toBe(true);
    const lowestLeft = Math.min(
      ...[...this.numbers.values()].filter((one) => one.hasLeft).map((one) => one.permit),
    );
    if (lowestLeft < step.maxPermits) expect(permit).toBe(lowestLeft);
    const fence = Math.max(this.nowMs * 1_000, (last?.fence ?? 0) + 1);
    const grant = { permit, fence, ends: [this.nowMs + step.leaseMs], hasLeft: false };
    this.numbers.set(permit, grant);
    this.owners.set(step.owner, grant);
    return entered(grant, false);
  }

  /** Some free permits count as left after a call that found fewer permits than before. */
  private noteSurplus(maxPermits: number): void {
    const free = [...this.numbers.values()].filter((grant) => !this.isLive(grant));
    const [first] = free.toSorted((one, other) => scoreOf(one) - scoreOf(other));
    if (first === undefined || first.permit < maxPermits) return;
    for (const grant of free) if (grant.permit >= maxPermits) grant.hasLeft = true;
  }

  renew(step: Step<"renew">): object {
    const grant = this.grantOf(step.owner);
    if (!grant) return { outcome: "lost" };
    if (!this.isLive(grant)) {
      grant.hasLeft = true;
      return { outcome: "lost" };
    }
    if (step.isLate && grant.ends.length > 1) return { outcome: "stale", leaseEndsMs: endOf(grant) };
    grant.ends.push(Math.max(this.nowMs + step.leaseMs, endOf(grant) + 1));
    return { outcome: "renewed", leaseEndsMs: endOf(grant) };
  }

  leave(step: Step<"leave">): object {
    const grant = this.grantOf(step.owner);
    if (!this.owners.has(step.owner)) this.owners.set(step.owner, "ended");
    if (!grant || step.fence === "another") return { outcome: "lost" };
    const outcome = this.isLive(grant) ? "left" : "lost";
    grant.hasLeft = true;
    this.owners.set(step.owner, "ended");
    return { outcome };
  }

  /** What an owner has or had, unless it has left or another owner has the permit. */
  private grantOf(name: string): Grant | undefined {
    const known = this.owners.get(name);
    if (typeof known !== "object") return undefined;
    return this.numbers.get(known.permit) === known ? known : undefined;
  }
}

const endOf = ({ ends }: Grant) => ends.at(-1) ?? 0;
const scoreOf = (grant: Grant) => (grant.hasLeft ? grant.permit - 1_000 : endOf(grant));

function entered({ permit, fence, ...grant }: Grant, repeated: boolean): object {
  return { outcome: "entered", permit, fence, leaseEndsMs: grant.ends.at(-1), repeated };
}

async function run(name: string, model: Permits, step: Command): Promise<void> {
  const title = JSON.stringify(step);
  const key = keys.permits(scope, name);
  switch (step.do) {
    case "wait":
      model.nowMs += step.ms;
      await redis.set(clockKey(key), model.nowMs);
      return;
    case "forget owners":
      model.owners = new Map(
        [...model.owners].filter(([, known]) => typeof known === "object" && model.isLive(known)),
      );
      await redis.del(
        names.filter((one) => !model.owners.has(one)).map((one) => keys.permitOwner(scope, name, one)),
      );
      return;
    case "faster clock":
      return raiseFence(key, model);
    case "enter": {
      const { owner: as, leaseMs: lease, maxPermits, waits } = step;
      const reply: Answer = await tenant.enter({ name, owner: as, maxPermits, leaseMs: lease, waits });
      expect(reply, title).toEqual(model.enter(step, reply));
      return;
    }
    case "renew": {
      const grant = model.owners.get(step.owner);
      const [fence, ends] = typeof grant === "object" ? [grant.fence, grant.ends] : [7, []];
      const leaseEndsMs = ends.at(step.isLate ? 0 : -1) ?? 0;
      const reply = await tenant.renew({
        name,
        owner: step.owner,
        fence,
        leaseEndsMs,
        leaseMs: step.leaseMs,
      });
      expect(reply, title).toEqual(model.renew(step));
      return;
    }
    case "leave": {
      const grant = model.owners.get(step.owner);
      const own = typeof grant === "object" ? grant.fence : 7;
      const fence = { "its own": own, none: undefined, another: own + 1 }[step.fence];
      expect(await tenant.leave({ name, owner: step.owner, fence }), title).toEqual(model.leave(step));
    }
  }
}

/** A free permit gets a fence that is ahead of the clock, as after a failover. */
async function raiseFence(key: string, model: Permits): Promise<void> {
  const free = [...model.numbers.values()].find((grant) => grant.hasLeft);
  if (!free) return;
  const fence = 8_000_000_000_000_000 + free.permit;
  if (free.fence === fence) return;
  // Another holder has had it since, so its former owner finds nothing of its own.
  model.numbers.set(free.permit, { ...free, fence });
  await redis.zadd(key, free.permit - 1_000, `${free.permit} ${fence}`);
  await redis.zrem(key, `${free.permit} ${free.fence}`);
}

test("the scripts of permits agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const name = freshName();
    const key = keys.permits(scope, name);
    const model = new Permits();
    await redis.set(clockKey(key), startMs);
    for (const step of commands) {
      await run(name, model, step);
      const stored = await redis.zrange(key, "0", "-1", "WITHSCORES");
      const expected = [...model.numbers.values()].map((grant) => [
        `${grant.permit} ${grant.fence}`,
        String(scoreOf(grant)),
      ]);
      const pairs = stored.flatMap((member, at) => (at % 2 === 0 ? [[member, stored[at + 1] ?? ""]] : []));
      expect(pairs.toSorted(), JSON.stringify(step)).toEqual(expected.toSorted());
    }
    for (const one of names) {
      const known = model.owners.get(one);
      const text = typeof known === "object" ? expect.stringMatching(/^\d+ \d+$/) : (known ?? null);
      expect(await redis.get(keys.permitOwner(scope, name, one)), one).toEqual(text);
    }
  });
});
