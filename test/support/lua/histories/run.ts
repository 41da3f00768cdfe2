import type { Redis } from "ioredis";
import type { Scope } from "../../../../src/client/index.js";
import { scripts } from "../../../../src/index.js";
import { freshNamespace } from "../../redis.js";
import { nowMs } from "../commands.js";
import { clockOf, type FrozenScript, frozen } from "./frozen.js";
import type { Given, Step } from "./history.js";
import { changeField, changeType, letPass, type StoredKey, storedKeys } from "./stored.js";

/** Where the two forms of a script differ. */
export interface Difference {
  readonly what: "reply" | "state";
  readonly step: Step;
  readonly generated: unknown;
  readonly other: unknown;
}

interface Sent {
  readonly script: string;
  readonly keys: (scope: Scope) => readonly string[];
  readonly argv: readonly string[];
}

/** Durations in replies come from Redis's own clock, which goes on between the two calls. */
const TOLERANCE_MS = 5_000;

/**
 * Runs a history twice on one server: by the generated scripts, and with another form of one of them.
 * Both see the same clock. The first difference of replies or of what is stored ends it.
 */
export async function firstDifference(
  redis: Redis,
  history: readonly Step[],
  script: string,
  otherLua: string,
): Promise<Difference | undefined> {
  const run = new HistoryRun(redis, await nowMs(redis), script, frozen(otherLua));
  for (const step of history) {
    const found = await run.step(step);
    if (found !== undefined) return found;
  }
  return undefined;
}

class HistoryRun {
  readonly #sides: readonly [Scope, Scope] = [scope(), scope()];
  readonly #sent: Sent[] = [];
  readonly #replied = new Map<string, number[]>();
  #aheadMs = 0;

  constructor(
    private readonly redis: Redis,
    private readonly startMs: number,
    private readonly subject: string,
    private readonly other: FrozenScript,
  ) {}

  async step(step: Step): Promise<Difference | undefined> {
    if (step.kind === "call" || step.kind === "repeat") {
      const sent = step.kind === "call" ? this.#encode(step) : this.#sent.at(-1 - step.back);
      if (sent === undefined) return undefined;
      this.#sent.push(sent);
      const [generated, other] = [await this.#send(sent, 0), await this.#send(sent, 1)];
      this.#remember(sent.script, generated);
      if (!sameReply(generated, other)) return { what: "reply", step, generated, other };
    } else if (step.kind === "pass") {
      this.#aheadMs += step.ms;
      await letPass(this.redis, [this.#keysOf(0), this.#keysOf(1)], step.ms);
    } else {
      for (const side of [0, 1] as const) {
        if (step.kind === "corrupt") await changeField(this.redis, this.#keysOf(side), step);
        else await changeType(this.redis, this.#keysOf(side), step.key);
      }
    }
    return this.#compareState(step);
  }

  async #compareState(step: Step): Promise<Difference | undefined> {
    const [generated, other] = [await this.#stored(0), await this.#stored(1)];
    const differ =
      generated.length !== other.length || generated.some((key, index) => !sameKey(key, other[index]));
    return differ ? { what: "state", step, generated, other } : undefined;
  }

  #stored(side: 0 | 1): Promise<readonly StoredKey[]> {
    return storedKeys(this.redis, this.#sides[side].namespace, this.#keysOf(side));
  }

  /** All keys that a call has used, in the order of their names. No script uses others. */
  #keysOf(side: 0 | 1): string[] {
    const used = this.#sent.flatMap(({ keys }) => keys(this.#sides[side]));
    return [...new Set(used)].toSorted();
  }

  #encode(step: Extract<Step, { kind: "call" }>): Sent {
    const script = scriptNamed(step.script);
    const args = Object.fromEntries(
      Object.entries(step.args).map(([name, given]) => [name, this.#valueOf(name, given)]),
    );
    const argv = [...script.encode(this.#sides[0], args).args];
    if (step.bad !== undefined && argv.length > 0) argv[step.bad.position % argv.length] = step.bad.text;
    return { script: step.script, keys: (scope) => script.encode(scope, args).keys, argv };
  }

  #valueOf(name: string, given: Given): unknown {
    if (given.kind === "value") return given.value;
    if (given.kind === "instant") return this.startMs + this.#aheadMs + given.offsetMs;
    return this.#replied.get(name)?.at(-1 - given.back) ?? given.otherwise;
  }

  /** The decoded reply, or the first word of the error. */
  async #send({ script, keys, argv }: Sent, side: 0 | 1): Promise<unknown> {
    const generated = scriptNamed(script);
    const form = side === 1 && script === this.subject ? this.other : frozen(generated.lua);
    const names = keys(this.#sides[side]);
    const values = [...argv, ...clockOf(this.startMs, this.#aheadMs)];
    try {
      return generated.decode(await this.#evalsha(form, names, values));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const [code = ""] = error.message.split(/[\s:]/, 1);
      if (["CORRUPT", "ARGUMENT", "WRONGTYPE"].includes(code)) return { error: code };
      throw error;
    }
  }

  async #evalsha(form: FrozenScript, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    try {
      return await this.redis.evalsha(form.digest, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      await this.redis.script("LOAD", form.lua);
      return this.redis.evalsha(form.digest, keys.length, ...keys, ...values);
    }
  }

  #remember(script: string, reply: unknown): void {
    if (typeof reply !== "object" || reply === null || script === "") return;
    for (const [name, value] of Object.entries(reply)) {
      if (typeof value === "number") this.#replied.set(name, [...(this.#replied.get(name) ?? []), value]);
    }
  }
}

interface AnyScript {
  readonly lua: string;
  encode(
    scope: Scope,
    args: Readonly<Record<string, unknown>>,
  ): {
    readonly keys: readonly string[];
    readonly args: readonly string[];
  };
  decode(reply: unknown): unknown;
}

function scriptNamed(name: string): AnyScript {
  const found = Object.values(scripts)
    .flatMap((domain) => Object.values(domain))
    .find((script) => script.name === name);
  if (found === undefined) throw new Error(`there is no script ${name}`);
  return found;
}

function scope(): Scope {
  return { namespace: freshNamespace(), tenant: "acme" };
}

function sameReply(one: unknown, other: unknown, field = ""): boolean {
  if (typeof one === "number" && typeof other === "number" && field.endsWith("Ms")) {
    return Math.abs(one - other) <= TOLERANCE_MS;
  }
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, index) => sameReply(value, other[index], field));
  }
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    return Object.is(one, other);
  }
  const [mine, theirs] = [new Map(Object.entries(one)), new Map(Object.entries(other))];
  return (
    mine.size === theirs.size &&
    [...mine].every(([name, value]) => theirs.has(name) && sameReply(value, theirs.get(name), name))
  );
}

function sameKey(one: StoredKey, other: StoredKey | undefined): boolean {
  if (other === undefined) return false;
  const lives = Math.min(one.livesMs, other.livesMs) < 0 ? one.livesMs === other.livesMs : true;
  return (
    lives &&
    Math.abs(one.livesMs - other.livesMs) <= TOLERANCE_MS &&
    one.name === other.name &&
    one.type === other.type &&
    one.content === other.content
  );
}
