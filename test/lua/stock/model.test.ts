import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { Messages } from "../../support/lua/messages.js";
import { type Command, command, endedForGood, low, StockModel } from "../../support/lua/models/stock.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";
import { inTicks, tick, toMs } from "../../support/lua/ticks.js";

const { redis, scope, tenant } = freshTenant();
const messages = await Messages.of(redis, scope.namespace);

const lasting = (ticks: number) => (ticks + 0.5) * tick;

async function send(product: string, step: Command): Promise<object> {
  const { stock } = tenant;
  switch (step.do) {
    case "apply":
      return stock.setLevel({ product, low, ...step });
    case "adjust":
      return stock.adjust({ product, low, rememberMs: 1_000 * tick, ...step });
    case "read":
      return stock.read({ product, low });
    case "watch":
      return stock.watch({ product, sequence: step.sequence, low: step.from });
    case "levels":
      return stock.levels({ product });
    case "reserve":
      return stock.reserve({
        product,
        reservation: step.reservation,
        units: step.units,
        replaces: step.replaces,
        backorder: step.backorder,
        leaseMs: lasting(step.lease),
        rememberMs: lasting(step.remember),
      });
    case "extend": {
      const text = await redis.hget(keys.reservations(scope, product), step.reservation);
      const end = Number(text?.split(" ")[2] ?? 1);
      const leaseEndsMs = step.late ? Math.max(end - 1, 0) : end;
      return stock.extend({
        product,
        reservation: step.reservation,
        leaseEndsMs,
        leaseMs: lasting(step.lease),
      });
    }
    case "resize":
      return stock.resize({ product, ...step, rememberMs: lasting(step.remember) });
    case "commit":
    case "release":
      return stock[step.do]({ product, ...step, rememberMs: lasting(step.remember) });
    case "sweep":
    case "forget":
      return stock[step.do]({ product, limit: step.limit, rememberMs: lasting(step.remember) });
    case "dropWarehouse":
      return stock.dropWarehouse({ product, ...step });
    case "wait":
      return {};
  }
}

/**
 * One product in Redis, beside its model and the books that its customers would keep from the
 * replies.
 */
class Product {
  readonly name = freshName();
  readonly model = new StockModel();
  readonly #ends = keys.reservationEnds(scope, this.name);
  readonly #closed = keys.closedReservations(scope, this.name);
  /** What has come in and has not been sold, by the replies. */
  #booked = 0;

  constructor(private readonly startMs: number) {}

  /** All changes of the status were published, and nothing else. */
  async compareMessages(): Promise<void> {
    expect(await messages.on(keys.stock(scope, this.name))).toEqual(this.model.published);
  }

  get #clocks() {
    return { startMs: this.startMs, now: this.model.now };
  }

  async step(step: Command): Promise<void> {
    const totalBefore = this.model.total;
    const unitsOf = "reservation" in step ? (this.model.reservations.get(step.reservation)?.units ?? 0) : 0;
    const reply = await send(this.name, step);
    expect(inTicks(reply, this.#clocks), JSON.stringify(step)).toEqual(this.model.run(step));

    const outcome = "outcome" in reply ? reply.outcome : "";
    const first = !("repeated" in reply && reply.repeated);
    // What a count finds, and what is forgotten with its product, is nothing that a customer knows.
    if (step.do === "apply" || step.do === "forget") this.#booked += this.model.total - totalBefore;
    if (step.do === "adjust" && outcome === "adjusted" && first) this.#booked += step.change;
    if (step.do === "commit" && outcome === "committed") this.#booked -= unitsOf;
    await this.#compare();
    await this.#compareEnds(step.do !== "wait");
  }

  /** Everything stored is what the model has and adds up. */
  async #compare(): Promise<void> {
    const { model } = this;
    const [stock, reservations, ends, closed] = await Promise.all([
      redis.hgetall(keys.stock(scope, this.name)),
      redis.hgetall(keys.reservations(scope, this.name)),
      redis.zrange(this.#ends, "0", "-1"),
      redis.zrange(this.#closed, "0", "-1"),
    ]);
    expect(stock).toEqual(this.#fields());
    const states = [...model.reservations].map(([name, { state, units }]) => [name, `${state} ${units}`]);
    const stored = Object.entries(reservations).map(([name, text]) => [name, text.replace(/ \d+$/, "")]);
    expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(states));
    expect(ends.map(String).sort()).toEqual(this.#namesOf("held"));
    expect(closed.map(String).sort()).toEqual(this.#namesOf("closed"));

    // From what Redis holds alone: the sums, the books, and that no more is promised than is there.
    const levels = Object.entries(stock).filter(([field]) => field.startsWith("level:"));
    const total = levels.reduce((sum, [, level]) => sum + Number(level), 0);
    const held = Object.values(reservations)
      .filter((state) => state.startsWith("held "))
      .reduce((sum, state) => sum + Number(state.split(" ")[1]), 0);
    expect(total).toBe(Number(stock["total"] ?? 0));
    expect(held).toBe(Number(stock["held"] ?? 0));
    expect(total).toBe(this.#booked);
    if (total >= held) model.mayFallShort = false;
    expect(total >= held || model.mayFallShort || model.levels.size === 0).toBe(true);
  }

  /**
   * Instants that a script has written are the model's to within a quarter of a tick; then all are
   * just the model's.
   */
  async #compareEnds(written: boolean): Promise<void> {
    const { due, reservations } = this.model;
    const queues = { held: this.#ends, closed: this.#closed };
    for (const [name, { state, units, ends }] of reservations) {
      const endsMs = this.#storedMs(ends);
      const queue = queues[state === "held" ? "held" : "closed"];
      const score = Number(await redis.zscore(queue, name));
      const text = await redis.hget(keys.reservations(scope, this.name), name);
      expect(text, name).toBe(`${state} ${units} ${score}`);
      if (written) expect(Math.abs(score - endsMs), name).toBeLessThan(tick / 4);
      await redis.zadd(queue, endsMs, name);
      await redis.hset(keys.reservations(scope, this.name), { [name]: `${state} ${units} ${endsMs}` });
    }
    const [index, member] = [keys.slotDue(scope, this.name), `${scope.tenant}:${this.name}`];
    const score = await redis.zscore(index, member);
    expect(score === null).toBe(due === undefined);
    if (due === undefined) return;
    const dueMs = this.#storedMs(due);
    if (written) expect(Math.abs(Number(score) - dueMs)).toBeLessThan(tick / 4);
    await redis.zadd(index, dueMs, member);
  }

  #storedMs(instant: number): number {
    return instant === endedForGood ? 0 : Math.round(toMs(this.#clocks, instant));
  }

  #namesOf(kind: "held" | "closed"): string[] {
    const found = [...this.model.reservations].filter(
      ([, { state }]) => (state === "held") === (kind === "held"),
    );
    return found.map(([name]) => name).sort();
  }

  #fields(): Record<string, string> {
    const fields: Record<string, string> = {};
    const { levels, sequences, moved, total, held, holds, watch } = this.model;
    if (watch) fields["watch"] = `${watch.sequence} ${watch.low}`;
    for (const [name, level] of levels) {
      fields[`level:${name}`] = String(level);
      fields[`event:${name}`] = `${sequences.get(name)} ${level - (moved.get(name) ?? 0)}`;
    }
    if (levels.size > 0) fields["total"] = String(total);
    if (holds) fields["held"] = String(held);
    return fields;
  }
}

test("the stock scripts agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const product = new Product(await nowMs(redis));
    // Three in four begin with something to reserve.
    const delivery = { do: "apply", warehouse: "a", quantity: 12, sequence: 0, moved: undefined } as const;
    if (commands.length % 4 > 0) await product.step(delivery);
    for (const step of commands) await product.step(step);
    await product.compareMessages();
  });
});
