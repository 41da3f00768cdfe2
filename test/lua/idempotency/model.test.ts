import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();

// Time passes in whole ticks and leases last half a tick more, so that the run's own time changes nothing.
const tick = 1_000_000;

const owners = ["one", "two", "three", "four", "five", "six"];
const owner = fc.constantFrom(...owners);
/** Which of the runs so far a call refers to: the last, the one before, … */
const back = fc.constantFrom(0, 0, 0, 0, 1);
const ticks = fc.integer({ min: 0, max: 3 });
const command = fc.oneof(
  fc.record({ do: fc.constant("mark" as const), operation: owner }),
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("begin" as const),
      owner,
      payloadHash: fc.constantFrom("f00d", "f00d", "f00d", "beef"),
      ticks,
      waits: fc.boolean(),
    }),
  },
  fc.record({ do: fc.constant("renew" as const), back, ticks, isLate: fc.boolean() }),
  fc.record({ do: fc.constant("complete" as const), back, reply: fc.string({ maxLength: 5 }) }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant("fail" as const), back }) },
  fc.record({ do: fc.constant("give up" as const), owner }),
  fc.record({ do: fc.constant("wait" as const), ticks: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant("forget" as const) }),
  fc.record({ do: fc.constant("forget owners" as const) }),
);

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;
type Step<Name extends Command["do"]> = Extract<Command, { do: Name }>;

interface Run {
  readonly owner: string;
  readonly fence: number;
  readonly payloadHash: string;
  /** In ticks. */
  ends: number;
  /** The ends that Redis returned, in ms; the last one counts. */
  endsMs: number[];
}

interface Answer {
  readonly fence?: number;
  readonly leaseEndsMs?: number;
  readonly retryAfterMs?: number;
}

/** An event and a request of the same name. */
class Request {
  markedBy: string | undefined;
  /** The request as it is stored; undefined after `fail`. */
  current: Run | undefined;
  reply: string | undefined;
  readonly runs: Run[] = [];
  remembered = new Map<string, "busy" | "mismatch" | "ended">();
  now = 0;

  step(step: Command, answer: Answer): object {
    switch (step.do) {
      case "wait":
        this.now += step.ticks;
        return {};
      case "forget":
        this.markedBy = undefined;
        this.current = undefined;
        this.reply = undefined;
        return {};
      case "forget owners":
        this.remembered = new Map();
        return {};
      case "mark":
        this.markedBy ??= step.operation;
        return { outcome: this.markedBy === step.operation ? "first" : "repeated" };
      case "begin":
        return this.begin(step, answer);
      case "give up":
        return this.fail(this.current?.owner === step.owner ? this.current : undefined, step.owner);
      case "fail": {
        const run = this.runs[step.back];
        return run ? this.fail(run, run.owner) : {};
      }
      case "complete": {
        const run = this.runs[step.back];
        if (run === undefined) return {};
        if (run !== this.current) return { outcome: "lost" };
        this.reply ??= step.reply;
        return { outcome: "completed" };
      }
      case "renew":
        return this.renew(this.runs[step.back], step, answer);
    }
  }

  private begin(step: Step<"begin">, answer: Answer): object {
    const { current } = this;
    if (current && current.payloadHash !== step.payloadHash) {
      this.remember(step.owner, "mismatch");
      if (current.owner === step.owner) return { outcome: "mismatch" };
      return { outcome: this.remembered.get(step.owner) === "mismatch" ? "mismatch" : "ended" };
    }
    if (this.reply !== undefined) return { outcome: "replay", reply: this.reply };
    const isRunning = current !== undefined && current.ends > this.now;
    if (current?.owner === step.owner) {
      if (isRunning) return granted(current, true);
      this.remember(step.owner, "ended");
      return { outcome: "ended" };
    }
    const known = this.remembered.get(step.owner);
    if (isRunning) {
      if (known !== undefined && (step.waits || known !== "busy")) return { outcome: "ended" };
      if (!step.waits) this.remember(step.owner, "busy");
      return { outcome: "busy", runnerFence: current.fence };
    }
    if (known !== undefined) return { outcome: "ended" };
    const fence = answer.fence ?? 0;
    expect(fence).toBeGreaterThan(this.runs[0]?.fence ?? 0);
    this.remember(step.owner, "ended");
    const { owner: name, payloadHash } = step;
    const ends = this.now + step.ticks + 0.5;
    this.current = { owner: name, fence, payloadHash, ends, endsMs: [answer.leaseEndsMs ?? 0] };
    this.runs.unshift(this.current);
    return granted(this.current, false);
  }

  private fail(run: Run | undefined, name: string): object {
    if (this.current?.owner !== name) {
      this.remember(name, "ended");
      return { outcome: "lost" };
    }
    if (run !== this.current || this.reply !== undefined) return { outcome: "lost" };
    this.remembered.set(name, "ended");
    this.current = undefined;
    return { outcome: "released" };
  }

  private renew(run: Run | undefined, step: Step<"renew">, answer: Answer): object {
    if (run === undefined) return {};
    if (run !== this.current || this.reply !== undefined || run.ends <= this.now) return { outcome: "lost" };
    if (step.isLate && run.endsMs.length > 1) return { outcome: "stale", leaseEndsMs: run.endsMs.at(-1) };
    expect(answer.leaseEndsMs).toBeGreaterThan(run.endsMs.at(-1) ?? 0);
    this.remembered.set(run.owner, "ended");
    run.endsMs.push(answer.leaseEndsMs ?? 0);
    run.ends = Math.max(run.ends, this.now + step.ticks + 0.5);
    return { outcome: "renewed", leaseEndsMs: answer.leaseEndsMs };
  }

  private remember(name: string, what: "busy" | "mismatch" | "ended"): void {
    if (!this.remembered.has(name)) this.remembered.set(name, what);
  }
}

function granted({ fence, endsMs }: Run, repeated: boolean): object {
  return { outcome: "run", fence, leaseEndsMs: endsMs.at(-1), repeated };
}

async function send(name: string, model: Request, step: Command): Promise<object> {
  const key = keys.request(scope, name);
  const { idempotency } = tenant.scripts;
  const run = "back" in step ? model.runs[step.back] : undefined;
  const mine = run && { request: name, owner: run.owner, fence: run.fence };
  switch (step.do) {
    case "mark":
      return tenant.idempotency.mark({ event: name, operation: step.operation, rememberMs: 1_000 * tick });
    case "begin":
      return idempotency.begin({ request: name, leaseMs: (step.ticks + 0.5) * tick, ...step });
    case "renew": {
      const leaseEndsMs = run?.endsMs.at(step.isLate ? 0 : -1) ?? 0;
      return mine ? idempotency.renew({ ...mine, leaseEndsMs, leaseMs: (step.ticks + 0.5) * tick }) : {};
    }
    case "complete":
      return mine ? idempotency.complete({ ...mine, reply: step.reply, rememberMs: 1_000 * tick }) : {};
    case "fail":
      return mine ? idempotency.fail(mine) : {};
    case "give up":
      return idempotency.fail({ request: name, owner: step.owner });
    case "wait":
      if (await redis.hexists(key, "lease_ends_ms")) {
        await redis.hincrby(key, "lease_ends_ms", -step.ticks * tick);
        if (model.current)
          model.current.endsMs = model.current.endsMs.map((ends) => ends - step.ticks * tick);
      }
      return {};
    case "forget":
      await redis.del(key, keys.mark(scope, name));
      return {};
    case "forget owners":
      await redis.del(owners.map((one) => keys.requestOwner(scope, name, one)));
      return {};
  }
}

test("the idempotency scripts agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const name = freshName();
    const model = new Request();
    const startMs = await nowMs(redis);
    for (const step of commands) {
      const answer: Answer = await send(name, model, step);
      const { retryAfterMs, ...rest } = { retryAfterMs: undefined, ...answer };
      expect(rest, JSON.stringify(step)).toEqual(model.step(step, answer));
      // To within a quarter of a tick: how long the run itself has taken.
      const left = ((model.current?.ends ?? 0) - model.now) * tick;
      if (retryAfterMs !== undefined) expect(Math.abs(retryAfterMs - left)).toBeLessThan(tick / 4);
      const ends = await redis.hget(keys.request(scope, name), "lease_ends_ms");
      if (ends !== null) expect(Math.abs(Number(ends) - startMs - left)).toBeLessThan(tick / 4);
      expect(ends !== null).toBe(model.current !== undefined);
    }
    const { current, reply } = model;
    const fields = await redis.hgetall(keys.request(scope, name));
    expect({ owner: fields["owner"], payloadHash: fields["payload_hash"], reply: fields["reply"] }).toEqual({
      owner: current?.owner,
      payloadHash: current?.payloadHash,
      reply,
    });
    expect(await redis.get(keys.mark(scope, name))).toBe(model.markedBy ?? null);
    for (const one of owners) {
      const text = await redis.get(keys.requestOwner(scope, name, one));
      const isFence = text !== null && /^\d+$/.test(text);
      expect(isFence ? "ended" : (text ?? undefined), one).toBe(model.remembered.get(one));
    }
  });
});
