import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { scripts } from "../../../src/index.js";
import type { ExampleModel, Model, ScriptModel } from "../../../tools/codegen/src/model/model.js";
import { splitWords, unquote } from "../../../tools/codegen/src/parse/contract/split-words.js";
import { exampleCall, fill } from "../../../tools/codegen/src/verify/call.js";
import { ROOT } from "../../support/bundle.js";
import { nowMs } from "../../support/lua/commands.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

const redis = sharedRedis();
const model: Model = JSON.parse(await readFile(join(ROOT, "generated/model.json"), "utf8"));
const all = Object.values(scripts).flatMap((operations) => Object.values(operations));

/** A key of a script that ends by itself, by the keyspace. */
function ends(name: string): boolean {
  const key = model.keys.find((one) => one.name === name);
  return key !== undefined && !/^(none|no TTL)\b/.test(key.ttl);
}

/** The keys that the example's call creates, by name, and whether each has a TTL afterwards. */
async function created(script: ScriptModel, example: ExampleModel): Promise<Map<string, boolean>> {
  const stage = { namespace: freshNamespace(), tenant: "example", nowMs: await nowMs(redis) };
  const call = exampleCall(model, script, example, stage);
  for (const line of example.given) {
    const [command = "", ...args] = splitWords(fill(model, script, example, stage, line)).map(unquote);
    await redis.call(command, ...args);
  }
  const given = await Promise.all(call.keys.map((key) => redis.exists(key)));
  // Read at each call, because a mutation test changes it.
  const lua = all.find(({ name }) => name === script.name)?.lua ?? "";
  await redis.eval(lua, call.keys.length, ...call.keys, ...call.args);
  const left = await Promise.all(call.keys.map((key) => redis.pttl(key)));
  return new Map(
    script.keys.flatMap(({ key }, position) => {
      const ms = left[position] ?? -2;
      return given[position] === 1 || ms === -2 ? [] : [[key, ms >= 0] as const];
    }),
  );
}

const answering = model.scripts.map((script) => ({
  name: script.name,
  script,
  examples: script.examples.filter(({ error }) => error === undefined),
}));

describe("a key that a script creates lives as the keyspace says", () => {
  test.each(answering)("$name", async ({ script, examples }) => {
    for (const example of examples) {
      for (const [key, hasTtl] of await created(script, example)) {
        expect([example.title, key, hasTtl]).toEqual([example.title, key, ends(key)]);
      }
    }
  });
});
