import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";
import { inTicks, toMs } from "../../support/lua/ticks.js";

const { redis, scope, tenant } = freshTenant();

const fence = fc.integer({ min: 1, max: 4 });
const number = fc.integer({ min: 0, max: 4 });
const command = fc.oneof(
  fc.record({ do: fc.constant("start" as const), fence, number }),
  fc.record({
    do: fc.constant("finish" as const),
    fence,
    number,
    state: fc.constantFrom("done" as const, "failed" as const),
    note: fc.option(fc.string({ minLength: 1, maxLength: 9 }), { nil: undefined }),
  }),
  fc.record({ do: fc.constant("read" as const) }),
  fc.record({ do: fc.constant("wait" as const), ticks: fc.integer({ min: 1, max: 3 }) }),
);

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

interface Run {
  readonly fence: number;
  readonly number: number;
  readonly started: number;
  ending?: { readonly state: "done" | "failed"; readonly ended: number; readonly note: string | undefined };
}

/** A job's last run; its instants are in ticks. */
class Job {
  now = 0;
  last: Run | undefined;

  step(step: Command): object {
    switch (step.do) {
      case "wait":
        this.now += step.ticks;
        return {};
      case "start":
        return this.#start(step);
      case "finish": {
        const { last } = this;
        if (last?.fence !== step.fence || last.number !== step.number) return { outcome: "stale" };
        last.ending ??= { state: step.state, ended: this.now, note: step.note };
        return { outcome: "finished" };
      }
      case "read":
        return this.#read();
    }
  }

  #start(step: Extract<Command, { do: "start" }>): object {
    const { last } = this;
    const ahead = last && (last.fence - step.fence || last.number - step.number);
    if (ahead !== undefined && ahead > 0) return { outcome: "stale" };
    if (last === undefined || ahead !== 0) {
      this.last = { fence: step.fence, number: step.number, started: this.now };
    }
    return { outcome: "started", startedMs: this.last?.started };
  }

  #read(): object {
    const { last } = this;
    if (!last) return { outcome: "never" };
    const { started, ending } = last;
    if (!ending) return { outcome: "running", startedMs: started, ranMs: this.now - started };
    const note = ending.note === undefined ? {} : { note: ending.note };
    return { outcome: ending.state, startedMs: started, ranMs: ending.ended - started, ...note };
  }
}

async function send(job: string, step: Command): Promise<object> {
  switch (step.do) {
    case "start":
      return tenant.job.start({ job, ...step });
    case "finish":
      return tenant.job.finish({ job, ...step });
    case "read":
      return tenant.job.read({ job });
    case "wait":
      return {};
  }
}

test("the job scripts agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const name = freshName();
    const key = keys.job(scope, name);
    const job = new Job();
    const startMs = await nowMs(redis);
    for (const step of commands) {
      const reply = inTicks(await send(name, step), { startMs, now: job.now });
      expect(reply, JSON.stringify(step)).toEqual(job.step(step));
      const { last } = job;
      if (!last) continue;
      const { started, ended, ...fields } = await redis.hgetall(key);
      expect(fields).toEqual({
        fence: String(last.fence),
        number: String(last.number),
        state: last.ending?.state ?? "running",
        ...(last.ending?.note !== undefined && { note: last.ending.note }),
      });
      expect([started !== undefined, ended !== undefined]).toEqual([true, last.ending !== undefined]);
      // From now on the instants are just the model's.
      const at = (instant: number) => toMs({ startMs, now: job.now }, instant);
      await redis.hset(key, {
        started: at(last.started),
        ...(last.ending && { ended: at(last.ending.ended) }),
      });
    }
  });
});
