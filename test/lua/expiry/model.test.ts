import { expect, test } from "vitest";
import { nowMs } from "../../support/lua/commands.js";
import { Messages } from "../../support/lua/messages.js";
import { type Command, command, ExpiryModel } from "../../support/lua/models/expiry.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { freshTenant, keys, memberOf } from "../../support/lua/shard.js";
import { inTicks, tick, toMs } from "../../support/lua/ticks.js";

const { redis, scope, tenant } = freshTenant();
const claims = ["x", "y", "z"];

const messages = await Messages.of(redis, scope.namespace);

/** One set in Redis, beside its model. */
class ExpirySet {
  readonly name = freshName();
  readonly model = new ExpiryModel();
  readonly due = keys.due(scope, this.name);
  readonly index = keys.slotQueue(scope, this.name);
  readonly #processing = keys.processing(scope, this.name);
  readonly #dead = keys.dead(scope, this.name);
  readonly #attempts = keys.attempts(scope, this.name);

  constructor(private readonly startMs: number) {}

  #ms = (instant: number) => toMs({ startMs: this.startMs, now: this.model.now }, instant);

  async step(step: Command): Promise<void> {
    const clocks = { startMs: this.startMs, now: this.model.now };
    const reply = inTicks(await this.#send(step), clocks);
    expect(reply, JSON.stringify(step)).toEqual(this.model.run(step));
    if (step.do !== "wait") await this.#compare();
    await this.#writeInstants();
  }

  async #send(step: Command): Promise<object> {
    const queue = this.name;
    switch (step.do) {
      case "track":
      case "extend": {
        const dueMs = this.#ms(this.model.now + step.dueIn + 0.25);
        return tenant.expiry[step.do]({ queue, item: step.item, dueMs, ...operationOf(step) });
      }
      case "debounce": {
        const debounceMs = (step.debounce.ticks + 0.25) * tick;
        const maxWaitMs = (step.debounce.maxTicks + 0.25) * tick;
        return tenant.expiry.track({ queue, item: step.item, debounceMs, maxWaitMs, ...operationOf(step) });
      }
      case "cancel":
        return tenant.expiry.cancel({ queue, item: step.item, ...operationOf(step) });
      case "claim":
        return tenant.expiry.claim({
          queue,
          leaseMs: (step.ticks + 0.5) * tick,
          ...step,
          deadMaxAgeMs: step.maxAge === undefined ? undefined : (step.maxAge - 0.25) * tick,
        });
      case "renew": {
        const ends = this.#ms(this.model.claims.get(step.claim)?.ends ?? this.model.now);
        const leaseEndsMs = Math.max(0, ends - (step.isStale ? 1 : 0));
        return tenant.expiry.renew({ queue, leaseEndsMs, leaseMs: (step.ticks + 0.5) * tick, ...step });
      }
      case "ack":
        return tenant.expiry.ack({ queue: queue, ...step });
      case "retry":
        return tenant.expiry.retry({ queue: queue, delayMs: (step.delay + 0.25) * tick, ...step });
      case "park":
        return tenant.expiry.deadLetter({ queue: queue, ...step });
      case "redrive":
      case "discard":
        return tenant.expiry[step.do]({ queue, items: step.items, ...operationOf(step) });
      case "discardOld": {
        const maxAgeMs = (step.ticks - 0.25) * tick;
        return tenant.expiry.discardOld({ queue, maxAgeMs, limit: step.limit, ...operationOf(step) });
      }
      case "dead": {
        const { limit, after: afterItem } = step;
        const since = afterItem === undefined ? undefined : this.model.dead.get(afterItem)?.since;
        const after = since === undefined ? {} : { afterMs: this.#ms(since), afterItem };
        return tenant.expiry.listDead({ queue, limit, ...after });
      }
      case "upcoming":
        return tenant.expiry.upcoming({ queue: queue, withinMs: step.ticks * tick, limit: step.limit });
      case "wait":
        return {};
    }
  }

  get #scored() {
    const { due, processing, dead, indexed } = this.model;
    const member = memberOf(scope, this.name);
    return [
      { key: this.index, instants: new Map(indexed === undefined ? [] : [[member, indexed]]) },
      { key: this.due, instants: due },
      { key: this.#processing, instants: processing },
      { key: this.#dead, instants: new Map([...dead].map(([item, { since }]) => [item, since])) },
    ];
  }

  /** Everything stored is what the model has; instants to within a quarter of a tick. */
  async #compare(): Promise<void> {
    const { dead, due, processing } = this.model;
    // An item waits in one place: nobody gets it while another has it.
    expect([...due.keys()].filter((item) => processing.has(item))).toEqual([]);
    const reasons = [...dead].map(([item, { reason }]) => [item, reason] as const);
    await Promise.all([
      ...this.#scored.map(({ key, instants }) => this.#compareScores(key, instants)),
      this.#compareAttempts(),
      holds(keys.deadReason(scope, this.name), reasons),
      ...claims.map(async (claim) => {
        const held = this.model.claims.get(claim);
        const [ends, ...names] = await redis.lrange(keys.claim(scope, this.name, claim), 0, -1);
        expect(names).toEqual(held?.items ?? []);
        if (held === undefined || held.ends === 0) expect(ends).toBe(held ? "0" : undefined);
        else expect(Math.abs(Number(ends) - this.#ms(held.ends))).toBeLessThan(tick / 4);
      }),
    ]);
  }

  /** Each item that is stored has its attempts, and what track has noted of it. */
  async #compareAttempts(): Promise<void> {
    const { attempts, again, since, dead, due, processing } = this.model;
    const stored = new Map(Object.entries(await redis.hgetall(this.#attempts)));
    const items = new Set([...due.keys(), ...processing.keys(), ...dead.keys()]);
    expect([...stored.keys()].filter((item) => !items.has(item))).toEqual([]);
    for (const item of items) {
      const text = stored.get(item) ?? (due.has(item) ? "0" : "1");
      const noted = /^(\d+)(?: again (\d+))?(?: since (\d+))?$/.exec(text);
      // The first claim of an item stores no number; its return does.
      const count = Math.max(attempts.get(item) ?? 0, due.has(item) ? 0 : 1);
      expect(Number(noted?.[1]), text).toBe(count);
      this.#expectNear(noted?.[2], again.get(item), text);
      this.#expectNear(noted?.[3], since.get(item), text);
    }
  }

  #expectNear(stored: string | undefined, instant: number | undefined, text: string): void {
    if (instant === undefined) expect(stored, text).toBeUndefined();
    else expect(Math.abs(Number(stored) - this.#ms(instant)), text).toBeLessThan(tick / 4);
  }

  async #compareScores(key: string, instants: ReadonlyMap<string, number>): Promise<void> {
    const items = [...instants.keys()];
    const [members, scores] = await Promise.all([
      redis.zrange(key, "0", "-1"),
      items.length > 0 ? redis.zmscore(key, ...items) : [],
    ]);
    expect(members.map(String).sort()).toEqual([...items].sort());
    for (const [position, instant] of [...instants.values()].entries()) {
      expect(Math.abs(Number(scores[position]) - this.#ms(instant))).toBeLessThan(tick / 4);
    }
  }

  /** From now on the instants are just the model's. */
  async #writeInstants(): Promise<void> {
    const pipeline = redis.pipeline();
    for (const { key, instants } of this.#scored) {
      const scores = [...instants].flatMap(([item, instant]) => [this.#ms(instant), item]);
      if (scores.length > 0) pipeline.zadd(key, ...scores);
    }
    const { again, since } = this.model;
    for (const [item, text] of Object.entries(await redis.hgetall(this.#attempts))) {
      const note = (word: string, instant: number | undefined) =>
        instant === undefined ? "" : ` ${word} ${this.#ms(instant)}`;
      const [count = ""] = text.split(" ");
      const notes = note("again", again.get(item)) + note("since", since.get(item));
      pipeline.hset(this.#attempts, item, count + notes);
    }
    for (const claim of claims) {
      const key = keys.claim(scope, this.name, claim);
      const held = this.model.claims.get(claim);
      // A claim is remembered for ten minutes, and a tick is longer.
      if (held) pipeline.lset(key, 0, held.ends === 0 ? 0 : this.#ms(held.ends)).persist(key);
    }
    for (const [error] of (await pipeline.exec()) ?? []) expect(error).toBeNull();
  }
}

const operationOf = ({ operation }: { readonly operation: string | undefined }) =>
  operation === undefined ? {} : { operation };

async function holds(key: string, fields: readonly (readonly [string, string])[]): Promise<void> {
  expect(await redis.hgetall(key)).toEqual(Object.fromEntries(fields));
}

test("the expiry scripts agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const queue = new ExpirySet(await nowMs(redis));
    for (const step of commands) await queue.step(step);
    expect(await messages.on(queue.index)).toHaveLength(queue.model.woken);
  });
});
