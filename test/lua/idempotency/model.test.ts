import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();

// Time passes in whole ticks and leases last half a tick more, so that the run's own time changes nothing.
const tick = 1_000_000;

const owner = fc.constantFrom("one", "two", "three");
/** Which of the fences so far a call carries: the last, the one before, … */
const back = fc.constantFrom(0, 0, 0, 0, 1);
const command = fc.oneof(
  fc.record({ do: fc.constant("mark" as const), operation: owner }),
  fc.record({
    do: fc.constant("begin" as const),
    owner,
    payloadHash: fc.constantFrom("f00d", "f00d", "f00d", "beef"),
    ticks: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({ do: fc.constant("complete" as const), owner, back, reply: fc.string({ maxLength: 5 }) }),
  fc.record({ do: fc.constant("fail" as const), owner, back }),
  fc.record({ do: fc.constant("wait" as const), ticks: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant("forget" as const) }),
);

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;
type Begin = Extract<Command, { do: "begin" }>;
type End = Extract<Command, { do: "complete" | "fail" }>;

/** An event and a request of the same name. */
class Request {
  markedBy: string | undefined;
  run: { owner: string; fence: number; payloadHash: string; ends: number; reply?: string } | undefined;
  readonly fences: number[] = [];
  now = 0;

  step(step: Command, granted: number | undefined): object {
    switch (step.do) {
      case "wait":
        this.now += step.ticks;
        return {};
      case "forget":
        this.markedBy = undefined;
        this.run = undefined;
        return {};
      case "mark":
        this.markedBy ??= step.operation;
        return { outcome: this.markedBy === step.operation ? "first" : "repeated" };
      case "begin":
        return this.begin(step, granted);
      default:
        return { outcome: this.end(step) };
    }
  }

  private begin(step: Begin, granted: number | undefined): object {
    const { run } = this;
    if (run && run.payloadHash !== step.payloadHash) return { outcome: "mismatch" };
    if (run?.reply !== undefined) return { outcome: "replay", reply: run.reply };
    if (run && run.owner !== step.owner && run.ends > this.now) return { outcome: "busy" };
    const mine = run?.owner === step.owner;
    const fence = mine ? run.fence : (granted ?? 0);
    if (!mine) {
      expect(fence).toBeGreaterThan(this.fences[0] ?? 0);
      this.fences.unshift(fence);
    }
    const ends = Math.max(this.now + step.ticks + 0.5, mine ? run.ends : 0);
    this.run = { owner: step.owner, fence, payloadHash: step.payloadHash, ends };
    return { outcome: "run", fence };
  }

  private end(step: End): string {
    const { run } = this;
    if (run?.owner !== step.owner || run.fence !== fenceOf(this, step)) return "lost";
    if (step.do === "complete") {
      run.reply ??= step.reply;
      return "completed";
    }
    if (run.reply !== undefined) return "lost";
    this.run = undefined;
    return "released";
  }
}

const fenceOf = (request: Request, step: { readonly back: number }) => request.fences[step.back] ?? 1;

async function send(name: string, model: Request, step: Command): Promise<object> {
  const key = keys.request(scope, name);
  switch (step.do) {
    case "mark":
      return tenant.idempotency.mark({ event: name, operation: step.operation, rememberMs: 1_000 * tick });
    case "begin":
      return tenant.scripts.idempotency.begin({ request: name, leaseMs: (step.ticks + 0.5) * tick, ...step });
    case "complete": {
      const fence = fenceOf(model, step);
      return tenant.scripts.idempotency.complete({ request: name, fence, rememberMs: 1_000 * tick, ...step });
    }
    case "fail":
      return tenant.scripts.idempotency.fail({ request: name, fence: fenceOf(model, step), ...step });
    case "wait":
      if (await redis.hexists(key, "lease_ends")) await redis.hincrby(key, "lease_ends", -step.ticks * tick);
      return {};
    case "forget":
      await redis.del(key, keys.mark(scope, name));
      return {};
  }
}

test("the idempotency scripts agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const name = freshName();
    const model = new Request();
    const startMs = await nowMs(redis);
    for (const step of commands) {
      const reply = await send(name, model, step);
      const granted = "fence" in reply ? Number(reply.fence) : undefined;
      const { retryAfterMs, ...rest } = { retryAfterMs: undefined, ...reply };
      expect(rest, JSON.stringify(step)).toEqual(model.step(step, granted));
      // To within a quarter of a tick: how long the run itself has taken.
      const left = ((model.run?.ends ?? 0) - model.now) * tick;
      if (retryAfterMs !== undefined) expect(Math.abs(retryAfterMs - left)).toBeLessThan(tick / 4);
      const ends = await redis.hget(keys.request(scope, name), "lease_ends");
      if (ends !== null) expect(Math.abs(Number(ends) - startMs - left)).toBeLessThan(tick / 4);
    }
    const { run } = model;
    const { lease_ends, ...fields } = await redis.hgetall(keys.request(scope, name));
    expect(lease_ends !== undefined).toBe(run !== undefined && run.reply === undefined);
    expect({ owner: fields["owner"], payloadHash: fields["payload_hash"], reply: fields["reply"] }).toEqual({
      owner: run?.owner,
      payloadHash: run?.payloadHash,
      reply: run?.reply,
    });
    expect(await redis.get(keys.mark(scope, name))).toBe(model.markedBy ?? null);
  });
});
