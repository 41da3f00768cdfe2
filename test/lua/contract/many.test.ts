import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EncodedCall, ManyScript, Script } from "../../../src/client/index.js";
import { joinedCalls, repliesOf } from "../../../src/client/script/many-form.js";
import { packedArguments } from "../../../src/client/script/packed-writer.js";
import { scripts } from "../../../src/index.js";
import type { ExampleModel, Model, ScriptModel } from "../../../tools/codegen/src/model/model.js";
import { splitWords, unquote } from "../../../tools/codegen/src/parse/contract/split-words.js";
import {
  compareReply,
  exampleCall,
  fill,
  readReply,
  type Stage,
} from "../../../tools/codegen/src/verify/call.js";
import { ROOT } from "../../support/bundle.js";
import { send } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { differences, snapshot } from "../../support/lua/late/snapshot.js";
import { samples } from "../../support/lua/samples/index.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

const model: Model = JSON.parse(await readFile(join(ROOT, "generated/model.json"), "utf8"));
const manyScripts = new Map(
  Object.values<Readonly<Record<string, Script<never, unknown>>>>(scripts)
    .flatMap((operations) => Object.values(operations))
    .filter((script): script is ManyScript<never, unknown> => script.many !== undefined)
    .map((script) => [script.name, script]),
);
const manySamples = samples.filter(({ limit }) => limit !== undefined);
const cases = model.scripts.flatMap((script) => {
  const form = manyScripts.get(script.name);
  return form === undefined ? [] : [{ name: script.name, script, form }];
});

test("all scripts that only read, and those of the hot path, have a many form", () => {
  const wanted = model.scripts
    .filter(({ flags }) => flags.includes("no-writes"))
    .map(({ name }) => name)
    .concat(["set_level", "adjust", "reserve", "commit", "release"].map((name) => `stock.${name}`))
    .concat("price.set", "idempotency.mark", "expiry.track");
  expect([...manyScripts.keys()]).toEqual(expect.arrayContaining(wanted));
  expect([...new Set(manySamples.map(({ script }) => script))].sort()).toEqual(
    [...manyScripts.keys()].sort(),
  );
});

const redis = sharedRedis();

/** Runs the many form of a script. */
async function run(form: ManyScript<never, unknown>, call: EncodedCall): Promise<readonly unknown[]> {
  const digest = String(await redis.script("LOAD", form.many.lua));
  expect(digest).toBe(form.many.digest);
  const given = call.args.length === 0 ? [] : [packedArguments(call.args)];
  const reply = await redis.callBuffer("evalsha", digest, call.keys.length, ...call.keys, ...given);
  return repliesOf(form, reply, call.keys.length / form.keyPatterns.length);
}

/** An example in a tenant of its own. */
class Staged {
  readonly call: EncodedCall;
  constructor(
    readonly script: ScriptModel,
    readonly example: ExampleModel,
    readonly stage: Stage,
  ) {
    this.call = exampleCall(model, script, example, stage);
  }

  async prepare(): Promise<void> {
    for (const line of this.example.given) await command(this.filled(line));
  }

  /** What is wrong with the reply of a first call. */
  wrong(reply: unknown, line = this.example.reply): string | undefined {
    const { error } = this.example;
    if (error !== undefined) {
      const message = reply instanceof Error ? reply.message : "no error";
      return message.startsWith(error) ? undefined : message;
    }
    if (reply instanceof Error) return reply.message;
    return compareReply(this.filled(line ?? ""), readReply(model, this.script, reply));
  }

  /** Members of the index of a slot begin with the tenant. */
  filled(line: string): string {
    const filled = fill(model, this.script, this.example, this.stage, line);
    return filled.replaceAll(/(^|[\s"[])example:/g, `$1${this.stage.tenant}:`);
  }
}

async function command(line: string): Promise<string> {
  const [name = "", ...args] = splitWords(line).map(unquote);
  const answer: unknown = await redis.call(name, ...args);
  return [answer]
    .flat(3)
    .map((part) => (part === null ? "(nil)" : String(part)))
    .join("\n");
}

/** Times from now on, which a second batch sets anew. */
const MOVES = /^:cache-block: (was|is) settle = \d{13}$/;

async function staged(script: ScriptModel): Promise<readonly Staged[]> {
  const [seconds, micros] = await redis.time();
  const nowMs = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
  const namespace = freshNamespace();
  return script.examples.map(
    (example, index) => new Staged(script, example, { namespace, tenant: `tenant-${index}`, nowMs }),
  );
}

describe.each(cases)("all examples of $name as one batch", ({ script, form }) => {
  test("give their replies and states, also when the batch is sent twice", async () => {
    const examples = await staged(script);
    for (const one of examples) await one.prepare();
    const keys = examples.flatMap(({ call }) => call.keys);
    const before = await snapshot(redis, keys);
    const batch = joinedCalls(
      form,
      examples.map(({ call }) => call),
    );
    const replies = await run(form, batch);
    expect(replies.map((reply, index) => examples[index]?.wrong(reply))).toEqual(
      examples.map(() => undefined),
    );
    const thens = examples.flatMap((one) => one.example.then.map((line) => one.filled(line)));
    for (const line of thens) {
      const at = line.lastIndexOf(" = ");
      const wanted = splitWords(line.slice(at + 3))
        .map(unquote)
        .join("\n");
      expect(await command(line.slice(0, at)), line).toBe(wanted);
    }
    const once = await snapshot(redis, keys);
    const failing = new Set(examples.filter(({ example }) => example.error).flatMap(({ call }) => call.keys));
    const changed = differences(before, once).filter((line) =>
      [...failing].some((key) => line.includes(key)),
    );
    expect(changed).toEqual([]);
    // The client never sends such a batch again.
    if (form.resend === "never") return;
    const again = await run(form, batch);
    expect(
      again.map((reply, index) =>
        examples[index]?.wrong(reply, examples[index]?.example.again ?? examples[index]?.example.reply),
      ),
    ).toEqual(examples.map(() => undefined));
    expect(differences(once, await snapshot(redis, keys)).filter((line) => !MOVES.test(line))).toEqual([]);
  });
});

describe.each(manySamples)("many calls of $script", (sample) => {
  const names = ["one", "two", "three"];

  test("reply as single calls, one after the other", async () => {
    const { redis, scope, tenant } = freshTenant();
    for (const name of names) await send(redis, sample.keysOf(scope, name), sample.given);
    const results = await sample.callMany(tenant, [...names, ...names]);
    const reply = { ok: true, reply: sample.reply };
    const again = { ok: true, reply: sample.again };
    expect(results).toMatchObject([reply, reply, reply, again, again, again]);
  });

  test.each(sample.keys)(
    "leave the others alone if one has a $name of another type",
    async ({ name, holds }) => {
      const { redis, scope, tenant } = freshTenant();
      for (const one of [...names, "single"]) await send(redis, sample.keysOf(scope, one), sample.given);
      const wrong = holds === "string" ? `ZADD {${name}} 1 foreign` : `SET {${name}} foreign`;
      for (const one of ["two", "single"])
        await send(redis, sample.keysOf(scope, one), [`DEL {${name}}`, wrong]);
      const before = await bytesOf(redis, sample.keysOf(scope, "two"));
      const results = await sample.callMany(tenant, names);
      const single = await failure(sample.call(tenant, "single"));
      expect(single.code).toBe("WRONG_TYPE");
      expect(results[0]).toMatchObject({ ok: true, reply: sample.reply });
      expect(results[2]).toMatchObject({ ok: true, reply: sample.reply });
      const [, failed] = results;
      // Code, message, version, patterns and source line are those of the single call.
      expect(failed?.ok === false && failed.error.toJSON()).toEqual(single.toJSON());
      expect(failed?.ok === false && failed.error).toBeInstanceOf(single.constructor);
      expect(await bytesOf(redis, sample.keysOf(scope, "two"))).toEqual(before);
    },
  );

  test("refuse hostile arguments one by one, with the words of the single form", async () => {
    const form = manyScripts.get(sample.script);
    if (form === undefined) throw new Error("it has a many form");
    const scope = { namespace: freshNamespace(), tenant: "acme" };
    const single = String(await redis.script("LOAD", form.lua));
    const hostile = fc.constantFrom(
      "",
      "nan",
      "inf",
      "-1",
      "1e400",
      " 5",
      "0x10",
      "a{b}",
      "\u0000",
      "9".repeat(400),
    );
    const { args } = sample.encode(scope, "x");
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(fc.option(hostile, { nil: undefined }), {
            minLength: args.length,
            maxLength: args.length,
          }),
          {
            minLength: 1,
            maxLength: 5,
          },
        ),
        fc.uuid(),
        async (batch, name) => {
          const calls = (prefix: string) =>
            batch.map((changes, index) => {
              const { keys, args } = sample.encode(scope, `${prefix}-${name}-${index}`);
              return { keys, args: args.map((arg, position) => changes[position] ?? arg) };
            });
          const expected: unknown[] = [];
          for (const { keys, args } of calls("single")) {
            const words = [single, keys.length, ...keys, ...args] as const;
            const reply = form.repliesBytes ? redis.callBuffer("EVALSHA", ...words) : redis.evalsha(...words);
            expected.push(await reply.catch((error: unknown) => error));
          }
          const found = await run(form, joinedCalls(form, calls("many")));
          expect(found.map(shape)).toEqual(expected.map(shape));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("are refused as a whole if KEYS and ARGV are not those of such calls", async () => {
    const form = manyScripts.get(sample.script);
    if (form === undefined || sample.limit === undefined) throw new Error("it has a many form");
    const scope = { namespace: freshNamespace(), tenant: "acme" };
    const calls = (count: number) =>
      Array.from({ length: count }, (_, index) => sample.encode(scope, `thing-${index}`));
    const whole = joinedCalls(form, calls(2));
    const bad: EncodedCall[] = [
      { keys: [], args: [] },
      { keys: [], args: ["1", "2"] },
      { keys: whole.keys, args: [...whole.args, "x"] },
      // With one key and no argument, it would be another call.
      ...(whole.keys.length + whole.args.length === 2
        ? []
        : [{ keys: [...whole.keys, "x"], args: whole.args }]),
      joinedCalls(form, calls(sample.limit + 1)),
      ...(whole.args.length === 0 ? [] : [{ keys: whole.keys, args: whole.args.slice(1) }]),
    ];
    for (const call of bad) {
      await expect(run(form, call)).rejects.toThrow(
        `ARGUMENT ${sample.script} expected 1 to ${sample.limit} calls`,
      );
    }
    const keys = calls(sample.limit + 1).flatMap((call) => call.keys);
    expect(await redis.exists(...keys)).toBe(0);
  });
});

/** The values of a reply without times, fences and absent ones at the end, or an error without its place. */
function shape(reply: unknown): unknown {
  if (reply instanceof Error)
    return reply.message.replace(/ (script: [0-9a-f]{40}, on @|at )user_script:\d+[.:]? *$/, "");
  const values: unknown[] = Array.isArray(reply) ? [...reply] : [reply];
  while (values.at(-1) === null) values.pop();
  return JSON.parse(JSON.stringify(values).replace(/\b1[0-9]{12}(?:[0-9]{3})?\b/g, "0"));
}
