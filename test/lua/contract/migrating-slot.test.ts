import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { scripts } from "../../../src/index.js";
import type { ExampleModel, Model, ScriptModel } from "../../../tools/codegen/src/model/model.js";
import { splitWords, unquote } from "../../../tools/codegen/src/parse/contract/split-words.js";
import {
  compareReply,
  type ExampleCall,
  exampleCall,
  fill,
  readReply,
  type Stage,
} from "../../../tools/codegen/src/verify/call.js";
import { ROOT } from "../../support/bundle.js";
import { differences, type Snapshot } from "../../support/lua/late/snapshot.js";
import { type Answer, MovingSlots, type Side } from "../../support/lua/moving-slot.js";
import { freshNamespace } from "../../support/redis.js";

const slots = await MovingSlots.start();
const model: Model = JSON.parse(await readFile(join(ROOT, "generated/model.json"), "utf8"));
const texts = new Map(
  Object.values(scripts).flatMap((operations) =>
    Object.values(operations).map(({ name, lua }) => [name, lua] as const),
  ),
);

/** About half of all slots are free for a move, so one of so many tenants has one. */
const MAX_TENANTS = 100;
/** Each example has a tenant of its own. */
let tenants = 0;

/** One example on a slot that moves. */
class Run {
  readonly call: ExampleCall;
  readonly #stage: Stage;
  readonly #script: ScriptModel;
  readonly #example: ExampleModel;

  constructor(script: ScriptModel, example: ExampleModel) {
    this.#script = script;
    this.#example = example;
    const namespace = freshNamespace();
    const staged = Array.from({ length: MAX_TENANTS }, (_, number) => {
      const stage = { namespace, tenant: `tenant-${tenants + number}`, nowMs: Date.now() };
      return { stage, call: exampleCall(model, script, example, stage) };
    }).find(({ call }) => slots.isFresh(call.keys));
    tenants += MAX_TENANTS;
    if (staged === undefined) throw new Error("no tenant has a slot that has not moved yet");
    this.#stage = staged.stage;
    this.call = staged.call;
  }

  /** Writes what is given, begins to move the slot with `moved` of its keys, and returns the state. */
  async begin(moved: number): Promise<Snapshot> {
    const { keys } = this.call;
    await slots.reset(keys);
    for (const line of this.#example.given) await this.#command(this.#filled(line));
    const given = await slots.read(keys);
    await slots.begin(keys, moved);
    return given;
  }

  send(side: Side): Promise<Answer> {
    return slots.send(side, texts.get(this.#script.name) ?? "", this.call);
  }

  /** What the answer of the example's call says wrongly; undefined if it is right. */
  wrong(answer: Answer): string | undefined {
    const { error, reply } = this.#example;
    if ("error" in answer) {
      return error !== undefined && answer.error.startsWith(error) ? undefined : answer.error;
    }
    if (error !== undefined) return `replies instead of ${error}`;
    return compareReply(this.#filled(reply ?? ""), readReply(model, this.#script, answer.reply));
  }

  /** What each line `then` answers, beside what it should answer. */
  async thens(): Promise<readonly (readonly [string, string])[]> {
    const found: [string, string][] = [];
    for (const line of this.#example.then.map((one) => this.#filled(one))) {
      const at = line.lastIndexOf(" = ");
      const answer = flatten(await this.#command(line.slice(0, at)));
      found.push([
        answer.join(" "),
        splitWords(line.slice(at + 3))
          .map(unquote)
          .join(" "),
      ]);
    }
    return found;
  }

  /** A line with its keys. Members of the index of a slot begin with the tenant. */
  #filled(line: string): string {
    const filled = fill(model, this.#script, this.#example, this.#stage, line);
    return filled.replaceAll(/(^|[\s"[])example:/g, `$1${this.#stage.tenant}:`);
  }

  #command(line: string): Promise<unknown> {
    const [name = "", ...args] = splitWords(line).map(unquote);
    return slots.command(this.call.keys, name, args);
  }
}

function flatten(answer: unknown): string[] {
  if (Array.isArray(answer)) return answer.flatMap(flatten);
  return [answer === null ? "(nil)" : String(answer)];
}

/** The longest time by which MIGRATE moves an instant of expiry: it sends the rest of the time to live. */
const MOVED_MS = 1_000;

/** What is expected, if the answer is an instant that differs from it by the time of a move only. */
function withinMoves(answered: string, expected: string): string {
  const areInstants = /^\d{13}$/.test(answered) && /^\d{13}$/.test(expected);
  return areInstants && Math.abs(Number(answered) - Number(expected)) <= MOVED_MS ? expected : answered;
}

/** What Redis answers before the script begins, because a key is missing or on the other node. */
const NOT_YET = /^(TRYAGAIN|ASK) /;

const withKeys = model.scripts.filter(({ keys }) => keys.length > 0);
const cases = withKeys.flatMap((script) => script.examples.map((example) => ({ script, example })));

test("a script that touches a key that it has emptied ends after its first write", async () => {
  const product = Array.from({ length: MAX_TENANTS }, (_, number) => `lamp-${number}`).find((name) =>
    slots.isFresh([`{acme:${name}}`]),
  );
  const keys = [`${freshNamespace()}:{acme:${product}}:reservations`];
  const forget = `redis.call("HDEL", KEYS[1], "cart-1")
return redis.call("HSET", KEYS[1], "cart-2", "held 1")`;
  await slots.command(keys, "HSET", [...keys, "cart-1", "released 1"]);
  await slots.begin(keys, 0);
  const answer = await slots.send("source", forget, { keys, args: [] });
  expect(answer).toEqual({ error: expect.stringContaining("non local key") });
  await slots.end(keys);
  expect(await slots.read(keys)).toEqual(new Map());
  await slots.reset(keys);
});

describe.each(cases)("$script.name: $example.title", ({ script, example }) => {
  test.each(["source", "target"] as const)("the %s has all keys", async (side) => {
    const run = new Run(script, example);
    const { keys } = run.call;
    const given = await run.begin(side === "source" ? 0 : keys.length);
    const answer = await run.send(side);
    await slots.end(keys);
    const changed = differences(given, await slots.read(keys));
    if ("error" in answer && NOT_YET.test(answer.error)) expect(changed).toEqual([]);
    else {
      expect(run.wrong(answer)).toBeUndefined();
      if (example.error !== undefined) expect(changed).toEqual([]);
      for (const [answered, expected] of await run.thens())
        expect(withinMoves(answered, expected)).toBe(expected);
    }
    await slots.reset(keys);
  });

  test("each node has some of the keys", async () => {
    const run = new Run(script, example);
    const { keys } = run.call;
    const given = await run.begin(1);
    const answers = [await run.send("source"), await run.send("target")];
    await slots.end(keys);
    if (given.size > 1) {
      expect(answers).toEqual([refused, refused]);
      expect(differences(given, await slots.read(keys))).toEqual([]);
    }
    await slots.reset(keys);
  });
});

const refused = { error: expect.stringMatching(NOT_YET) };
