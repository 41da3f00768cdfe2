import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const { version } = tenant.scripts;

const writer = fc.constantFrom("w1", "w2", "w3");
const number = fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined });
const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("read" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("bump" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("begin" as const),
      writer,
      expected: fc.constantFrom("any" as const, "current" as const, "older" as const),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("end" as const), writer, number }) },
  // The time of all writers is over.
  { weight: 1, arbitrary: fc.record({ do: fc.constant("late" as const) }) },
  // Redis has evicted the key.
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lose" as const) }) },
);
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

/** A resource. */
class Model {
  token: string | undefined;
  number = 0;
  writers = new Set<string>();
  sole: string | undefined;

  step(step: Command, expected: string | undefined, newToken: string): object {
    switch (step.do) {
      case "read":
        if (this.token === undefined && this.writers.size > 0) return { outcome: "writing" };
        this.token ??= newToken;
        return { outcome: "known", token: this.token, number: this.number };
      case "bump": {
        const outcome = this.token === undefined ? "absent" : "bumped";
        this.token = undefined;
        this.sole = undefined;
        return { outcome };
      }
      case "begin": {
        if (expected !== undefined && expected !== this.token) return { outcome: "changed" };
        this.token = undefined;
        this.writers.delete(step.writer);
        this.sole = this.writers.size === 0 ? step.writer : undefined;
        this.writers.add(step.writer);
        return { outcome: "begun", number: this.number };
      }
      case "end": {
        this.writers.delete(step.writer);
        this.number = Math.max(this.number, step.number ?? 0);
        const isLast = this.writers.size === 0;
        const sole = isLast && this.sole === step.writer;
        this.sole = undefined;
        this.token = isLast ? newToken : undefined;
        return { outcome: isLast ? "replaced" : "writing", sole };
      }
      case "late":
        this.writers.clear();
        return {};
      case "lose":
        this.writers.clear();
        this.token = undefined;
        this.sole = undefined;
        this.number = 0;
        return {};
    }
  }
}

let tokens = 0;
const writeMs = 600_000;

async function send(
  resource: string,
  step: Command,
  expected: string | undefined,
  newToken: string,
): Promise<object> {
  switch (step.do) {
    case "read":
      return version.read({ resource, newToken });
    case "bump":
      return version.bump({ resource });
    case "begin":
      return version.beginWrite({ resource, writer: step.writer, expected, writeMs });
    case "end":
      return version.endWrite({ resource, writer: step.writer, newToken, number: step.number });
    case "late": {
      const key = keys.version(scope, resource);
      const fields = await redis.hkeys(key);
      const times = fields.filter((field) => field === "until" || field.startsWith("writer:"));
      if (times.length > 0) await redis.hset(key, Object.fromEntries(times.map((field) => [field, 1])));
      return {};
    }
    case "lose":
      await redis.del(keys.version(scope, resource));
      return {};
  }
}

test("the scripts of versions agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const resource = freshName();
    const model = new Model();
    for (const step of commands) {
      const newToken = `token-${String(++tokens).padStart(16, "0")}`;
      const choice = step.do === "begin" ? step.expected : "any";
      const expected = { any: undefined, current: model.token ?? newToken, older: "token-of-an-older-one" }[
        choice
      ];
      const title = `${resource} ${JSON.stringify(step)}`;
      const reply = await send(resource, step, expected, newToken);
      expect(reply, title).toEqual(model.step(step, expected, newToken));
      const fields = await redis.hgetall(keys.version(scope, resource));
      expect([fields["token"], Number(fields["number"] ?? 0)], title).toEqual([model.token, model.number]);
    }
  });
});
