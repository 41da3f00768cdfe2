import * as fc from "fast-check";
import type { Redis } from "ioredis";
import type { Scope } from "../../../../src/client/index.js";
import { nowMs } from "../commands.js";
import { type Call, type CallSpec, oneLine, tickMs } from "./call.js";
import { MovedClock } from "./clock.js";
import { Past } from "./past.js";
import { differences, snapshot } from "./snapshot.js";

/** A late copy comes after at most this number of later calls. */
const MAX_LATER_CALLS = 5;
/** Copies arrive within the lateness horizon of 30 ticks, and one tick less, because tests take time. */
const MAX_LATE_MS = 29 * tickMs;
/** After so many ticks, scripts have forgotten what they remember for the horizon. */
const FORGOTTEN_TICKS = 400;

/** One step of a history. */
export type Step =
  | { readonly do: "call"; readonly ticks: number; readonly call: MakeCall; readonly lost: boolean }
  | { readonly do: "late"; readonly ticks: number; readonly back: number };

type MakeCall = (past: Past, scope: Scope) => Call;

/** Random histories of a domain's scripts, in which calls of one script arrive late and again. */
export function histories(script: string, domain: readonly CallSpec[]): fc.Arbitrary<Step[]> {
  const ticks = fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    { weight: 7, arbitrary: fc.integer({ min: 1, max: 3 }) },
    { weight: 1, arbitrary: fc.constant(FORGOTTEN_TICKS) },
  );
  const call = fc.oneof(
    ...domain.map((spec) => ({ weight: spec.script === script ? domain.length : 2, arbitrary: spec.call })),
  );
  const lost = fc.constantFrom(false, false, false, false, false, true);
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant("call" as const), ticks, call, lost }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("late" as const),
        ticks,
        back: fc.integer({ min: 0, max: MAX_LATER_CALLS - 1 }),
      }),
    },
  );
  return fc.array(step, { minLength: 2, maxLength: 30, size: "max" });
}

/** A call of the script under test that may arrive late. */
interface Copy {
  readonly call: Call;
  readonly number: number;
  /** By the moved clock. */
  sentAheadMs: number;
  /** The first reply; absent if the first copy was lost. */
  reply: object | undefined;
  /** Calls of the same script that were answered after this one was sent. */
  readonly newer: { readonly call: Call; readonly reply: object }[];
}

/** A late copy did what it must not do. The message has the whole history. */
export class LateCallError extends Error {
  override readonly name = "LateCallError";
}

/** One history on a server: it sends the calls, and compares the state around each late copy. */
export class History {
  readonly #redis: Redis;
  readonly #scope: Scope;
  readonly #script: string;
  readonly #clock: MovedClock;
  readonly #past: Past;
  readonly #keys = new Set<string>();
  readonly #log: string[] = [];
  /** The latest calls, the last one first; undefined for a call of another script. */
  readonly #latest: (Copy | undefined)[] = [];
  #count = 0;

  private constructor(redis: Redis, scope: Scope, script: string, startMs: number) {
    this.#redis = redis;
    this.#scope = scope;
    this.#script = script;
    this.#clock = new MovedClock(redis);
    this.#past = new Past(startMs);
  }

  static async run(redis: Redis, scope: Scope, script: string, steps: readonly Step[]): Promise<number> {
    const history = new History(redis, scope, script, await nowMs(redis));
    let late = 0;
    for (const step of steps) {
      await history.#pass(step.ticks);
      if (step.do === "call") await history.#call(step.call, step.lost);
      else if (await history.#late(step.back)) late++;
    }
    return late;
  }

  async #pass(ticks: number): Promise<void> {
    if (ticks === 0) return;
    const ms = ticks * tickMs;
    await this.#clock.pass(ms, [...this.#keys]);
    this.#past.pass(ms);
    this.#log.push(`     ${ms / 1_000} s pass`);
  }

  async #call(make: MakeCall, lost: boolean): Promise<void> {
    const call = make(this.#past, this.#scope);
    for (const key of call.encoded.keys) this.#keys.add(key);
    const isUnderTest = call.spec.script === this.#script;
    const number = ++this.#count;
    const isLost = lost && isUnderTest;
    const reply = isLost ? undefined : await this.#send(call, `${number}`);
    if (isLost) this.#log.push(`${label(number)} ${call} is sent and does not arrive`);
    if (reply) this.#answered(call, reply);
    const copy: Copy = { call, number, reply, sentAheadMs: this.#clock.aheadMs, newer: [] };
    this.#latest.unshift(isUnderTest ? copy : undefined);
    this.#latest.splice(MAX_LATER_CALLS);
  }

  #answered(call: Call, reply: object): void {
    this.#past.answer(call.spec.script, call.args, reply);
    for (const copy of this.#latest) copy?.newer.push({ call, reply });
  }

  /** Returns whether there was a call to send again. */
  async #late(back: number): Promise<boolean> {
    const copies = this.#latest.filter((copy) => copy !== undefined).filter((copy) => this.#isInTime(copy));
    const copy = copies[back % Math.max(copies.length, 1)];
    if (!copy) return false;
    const before = await snapshot(this.#redis, [...this.#keys]);
    const isFirst = copy.reply === undefined;
    const reply = await this.#send(copy.call, isFirst ? `${copy.number} arrives` : `${copy.number} again`);
    const changes = differences(before, await snapshot(this.#redis, [...this.#keys]));
    for (const change of changes) this.#log.push(`       ${change}`);
    if (reply === undefined) return true;
    if (copy.reply === undefined) this.#arrived(copy, reply, changes);
    else this.#again(copy, copy.reply, reply, changes);
    return true;
  }

  #isInTime({ sentAheadMs }: Copy): boolean {
    return this.#clock.aheadMs - sentAheadMs < MAX_LATE_MS;
  }

  #arrived(copy: Copy, reply: object, changes: readonly string[]): void {
    const winner = copy.newer.find(({ call, reply: answer }) => copy.call.isSupersededBy(call, answer));
    if (winner && changes.length > 0) {
      this.#fail("an older call took effect after a newer one that wins over it");
    }
    copy.reply = reply;
    copy.sentAheadMs = this.#clock.aheadMs;
    if (!winner) this.#answered(copy.call, reply);
  }

  #again(copy: Copy, first: object, again: object, changes: readonly string[]): void {
    const { spec } = copy.call;
    if (spec.mayWork !== undefined) return;
    if (spec.asksAgain(copy.call, first)) {
      copy.reply = again;
      this.#answered(copy.call, again);
      return;
    }
    const effects = changes.filter(
      (line) => spec.answers?.test(line) !== true && !spec.ends(line, this.#past.nowMs),
    );
    if (effects.length > 0) this.#fail("a late duplicate took effect");
    if (!spec.saysTheSame(first, again)) {
      this.#fail("a late duplicate's reply is neither the remembered one nor says that it is over");
    }
  }

  async #send(call: Call, what: string): Promise<object | undefined> {
    try {
      const reply = call.decode(await this.#clock.run(call, call.encoded));
      this.#log.push(`${label(what)} ${call} -> ${oneLine(reply)}`);
      return reply;
    } catch (error) {
      this.#log.push(`${label(what)} ${call} -> ${error}`);
      if (call.spec.script === this.#script) this.#fail("a call ended in an error");
      return undefined;
    }
  }

  #fail(what: string): never {
    throw new LateCallError(`${this.#script}: ${what}\n${this.#log.join("\n")}`);
  }
}

const label = (what: string | number) => String(what).padStart(4);
