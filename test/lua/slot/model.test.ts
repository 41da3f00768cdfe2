import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const { slot } = tenant.scripts;

const command = fc.record({
  do: fc.constantFrom("join", "renew", "renewByAnOldEnd", "leave", "leaseEnds"),
  worker: fc.constantFrom("a", "b", "c"),
});

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

/** The members of a group: a worker that is not among them has never joined. */
class Group {
  readonly states = new Map<string, "live" | "ended" | "left">();

  step({ do: what, worker }: Command): object {
    const state = this.states.get(worker);
    switch (what) {
      case "leave":
        this.states.set(worker, "left");
        return { outcome: "left" };
      case "leaseEnds":
        if (state === "live") this.states.set(worker, "ended");
        return {};
      case "join":
        if (state === undefined) this.states.set(worker, "live");
        break;
      case "renew":
        if (state === "ended") this.states.set(worker, "live");
    }
    const now = this.states.get(worker);
    if (now === "live") return { outcome: "joined", members: this.live() };
    return { outcome: now ?? "ended" };
  }

  live(): string[] {
    return [...this.states].flatMap(([worker, state]) => (state === "live" ? [worker] : [])).sort();
  }
}

async function send(group: string, { do: what, worker }: Command): Promise<object> {
  const key = keys.workers(scope, group);
  const leaseMs = 600_000;
  const stored = Number((await redis.zscore(key, worker)) ?? 0);
  switch (what) {
    case "join":
      return slot.join({ group, worker, leaseMs });
    case "renew":
      return slot.join({ group, worker, leaseMs, leaseEndsMs: Math.abs(stored) });
    case "renewByAnOldEnd":
      return slot.join({ group, worker, leaseMs, leaseEndsMs: Math.abs(stored) + 1 });
    case "leave":
      return slot.leave({ group, worker });
    default:
      if (stored > 0) await redis.zadd(key, "XX", Date.now() - 1_000, worker);
      return {};
  }
}

test("the membership scripts agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const name = freshName();
    const group = new Group();
    for (const step of commands) {
      const reply = await send(name, step);
      const { leaseEndsMs: _, ...rest } = { leaseEndsMs: 0, ...reply };
      const sorted =
        "members" in rest && Array.isArray(rest.members) ? { members: rest.members.toSorted() } : {};
      expect({ ...rest, ...sorted }, JSON.stringify(step)).toEqual(group.step(step));
    }
  });
});
