import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { keys, scripts } from "../../../src/index.js";
import { clockKey, withClock } from "../../support/lua/clock.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope } = freshTenant();
const { take, peek, reset } = scripts.limit;
const tenant = createScriptClient(
  redis,
  { limit: { take: withClock(take), peek: withClock(peek), reset } },
  { namespace: scope.namespace, deadlineMs: 15_000 },
).tenant(scope.tenant).limit;

/** In the future of the server, so that no key ends while a test runs. */
const startMs = 4_000_000_000_000;
const rememberMs = 3_600_000;

interface Limit {
  readonly quota: number;
  readonly periodMs: number;
  readonly burst: number;
}

const second: Limit = { quota: 3, periodMs: 1_000, burst: 3 };
const limits = fc.constantFrom<readonly Limit[]>(
  [second],
  [{ quota: 7, periodMs: 1_000, burst: 2 }],
  [{ quota: 1, periodMs: 500, burst: 10 }],
  [second, { quota: 10, periodMs: 60_000, burst: 8 }],
  [{ quota: 4, periodMs: 60_000, burst: 4 }],
);
const cost = fc.constantFrom(1, 1, 1, 2, 3, 9);
/** Which operation a call has: a new one, or the last, the one before, … */
const back = fc.constantFrom(0, 0, 0, 0, 1, 2);
const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("take" as const),
      limits,
      cost,
      back,
    }),
  },
  fc.record({ do: fc.constant("peek" as const), limits, cost }),
  fc.record({ do: fc.constant("reset" as const), back }),
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(1, 142, 143, 333, 334, 1_000, 20_000, -700),
    }),
  },
);

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

/** What one limit has taken, in microseconds of its interval, at an instant. */
interface Level {
  readonly takenUs: number;
  readonly atUs: number;
}

/**
 * The limits of a name, in the other form of GCRA that ITU-T I.371 describes: the continuous-state
 * leaky bucket. Both forms give the same answers.
 */
class LeakyBuckets {
  nowMs = startMs;
  readonly operations: string[] = [];
  readonly remembered = new Map<string, string>();
  levels = new Map<number, Level>();

  /** The operation of a call: a new one for 0, else an earlier one. */
  operation(steps: number): string {
    const known = this.operations.at(-steps);
    if (steps > 0 && known !== undefined) return known;
    const name = `o${this.operations.length}`;
    this.operations.push(name);
    return name;
  }

  peek(wanted: readonly Limit[], cost: number): Answer {
    const rows = wanted.map(({ quota, periodMs, burst }) => {
      const intervalUs = Math.ceil((periodMs * 1_000) / quota);
      const takenUs = Math.min(this.#leftUs(periodMs), burst * intervalUs);
      const waitUs = Math.max(0, takenUs + cost * intervalUs - burst * intervalUs);
      return {
        periodMs,
        burst,
        intervalUs,
        takenUs,
        waitUs,
        remaining: burst - Math.ceil(takenUs / intervalUs),
      };
    });
    const tooLarge = rows.find(({ burst }) => cost > burst);
    if (tooLarge) return { outcome: "too_large", periodMs: tooLarge.periodMs };
    const longest = Math.max(...rows.map(({ waitUs }) => waitUs));
    const fewest = Math.min(...rows.map(({ remaining }) => remaining));
    const decisive = rows.find(({ waitUs, remaining }) =>
      longest > 0 ? waitUs === longest : remaining === fewest,
    );
    if (!decisive) throw new Error("a call has at least one limit");
    return {
      outcome: longest > 0 ? "refused" : "allowed",
      periodMs: decisive.periodMs,
      remaining: decisive.remaining,
      retryAfterMs: Math.ceil(decisive.waitUs / 1_000),
      resetAfterMs: Math.ceil(decisive.takenUs / 1_000),
    };
  }

  take(wanted: readonly Limit[], cost: number, operation: string): Answer {
    const answer = this.peek(wanted, cost);
    const remembered = this.remembered.get(operation);
    if (answer.outcome === "too_large") {
      if (remembered === undefined) return answer;
      if (remembered.split(" ")[1] !== String(cost)) return { outcome: "mismatch" };
      // Nothing was taken, and no wait helps any more.
      if (remembered.startsWith("refused")) return answer;
      return { ...this.peek(wanted, 0), outcome: "allowed", repeated: true };
    }
    if (remembered !== undefined) {
      const [outcome = "", units] = remembered.split(" ");
      if (units !== String(cost)) return { outcome: "mismatch" };
      const retryAfterMs = outcome === "refused" ? answer.retryAfterMs : 0;
      return { ...answer, outcome, retryAfterMs, repeated: true };
    }
    this.remembered.set(operation, `${answer.outcome} ${cost}`);
    if (answer.outcome === "refused") {
      if (this.#isAboveBurst(wanted)) this.#fill(wanted, 0);
      return { ...answer, repeated: false };
    }
    const before = this.peek(wanted, cost);
    this.#fill(wanted, cost);
    const after = this.levels.get(before.periodMs ?? 0);
    return {
      ...before,
      remaining: (before.remaining ?? 0) - cost,
      retryAfterMs: 0,
      resetAfterMs: Math.ceil((after?.takenUs ?? 0) / 1_000),
      repeated: false,
    };
  }

  /** What has not leaked out of the bucket of a period. */
  #leftUs(periodMs: number): number {
    const level = this.levels.get(periodMs);
    return level ? Math.max(level.takenUs - (this.nowMs * 1_000 - level.atUs), 0) : 0;
  }

  /** Whether a bucket has more than it holds: its size has changed, or the clock went back. */
  #isAboveBurst(wanted: readonly Limit[]): boolean {
    return wanted.some(
      ({ quota, periodMs, burst }) => this.#leftUs(periodMs) > burst * Math.ceil((periodMs * 1_000) / quota),
    );
  }

  /** Pours units into each bucket. What is above its size flows over before that. */
  #fill(wanted: readonly Limit[], cost: number): void {
    const atUs = this.nowMs * 1_000;
    const isFull = ({ takenUs, atUs: from }: Level) => takenUs + from <= atUs;
    for (const [periodMs, level] of this.levels) if (isFull(level)) this.levels.delete(periodMs);
    for (const { quota, periodMs, burst } of wanted) {
      const intervalUs = Math.ceil((periodMs * 1_000) / quota);
      const takenUs = Math.min(this.#leftUs(periodMs), burst * intervalUs) + cost * intervalUs;
      this.levels.set(periodMs, { takenUs, atUs });
    }
  }

  reset(operation: string): Answer {
    const remembered = this.remembered.get(operation);
    if (remembered !== undefined && remembered !== "reset") return { outcome: "mismatch" };
    if (remembered === "reset") return { outcome: "reset", repeated: true };
    this.remembered.set(operation, "reset");
    this.levels = new Map();
    return { outcome: "reset", repeated: false };
  }
}

interface Answer {
  readonly outcome: string;
  readonly periodMs?: number | undefined;
  readonly remaining?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly resetAfterMs?: number | undefined;
  readonly repeated?: boolean;
}

/** Sends one command; the expected answer comes from the model. */
async function run(name: string, model: LeakyBuckets, step: Command): Promise<void> {
  const title = JSON.stringify(step);
  switch (step.do) {
    case "wait":
      model.nowMs += step.ms;
      await redis.set(clockKey(keys.rateLimit(scope, name)), model.nowMs);
      return;
    case "take": {
      const operation = model.operation(step.back);
      const args = { name, operation, limits: step.limits, cost: step.cost, rememberMs };
      expect(await tenant.take(args), title).toEqual(model.take(step.limits, step.cost, operation));
      return;
    }
    case "peek": {
      const { limits: wanted, cost: units } = step;
      expect(await tenant.peek({ name, limits: wanted, cost: units }), title).toEqual(
        model.peek(wanted, units),
      );
      return;
    }
    case "reset": {
      const operation = model.operation(step.back);
      expect(await tenant.reset({ name, operation, rememberMs }), title).toEqual(model.reset(operation));
    }
  }
}

test("the scripts of rate limits agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const name = freshName();
    const model = new LeakyBuckets();
    await redis.set(clockKey(keys.rateLimit(scope, name)), startMs);
    for (const step of commands) await run(name, model, step);
    const fullAtUs = [...model.levels].map(([periodMs, { takenUs, atUs }]) => [periodMs, takenUs + atUs]);
    const stored = (await redis.get(keys.rateLimit(scope, name)))?.split(";").filter(Boolean) ?? [];
    expect(stored.toSorted()).toEqual(fullAtUs.map(([periodMs, us]) => `${periodMs}:${us}`).toSorted());
    if (stored.length > 0) {
      const latestUs = Math.max(...fullAtUs.map(([, us = 0]) => us));
      expect(await redis.pexpiretime(keys.rateLimit(scope, name))).toBe(Math.ceil(latestUs / 1_000));
    }
    for (const [operation, answer] of model.remembered) {
      expect(await redis.get(keys.limitOperation(scope, name, operation))).toBe(answer);
    }
  });
});
