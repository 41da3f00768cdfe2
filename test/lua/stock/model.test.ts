import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { type Command, command, low, StockModel } from "../../support/lua/models/stock.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";
import { inTicks, tick, toMs } from "../../support/lua/ticks.js";

const { redis, scope, tenant } = freshTenant();

const lasting = (ticks: number) => (ticks + 0.5) * tick;

async function send(product: string, step: Command): Promise<object> {
  switch (step.do) {
    case "apply":
      return tenant.stock.setLevel({ product, low, ...step });
    case "adjust":
      return tenant.stock.adjust({ product, low, rememberMs: 1_000 * tick, ...step });
    case "read":
      return tenant.stock.read({ product, low });
    case "reserve":
      return tenant.stock.reserve({
        product,
        reservation: step.reservation,
        units: step.units,
        leaseMs: lasting(step.lease),
        rememberMs: lasting(step.remember),
      });
    case "commit":
    case "release":
      return tenant.stock[step.do]({ product, ...step, rememberMs: lasting(step.remember) });
    case "sweep":
      return tenant.stock.sweep({ product, limit: step.limit, rememberMs: lasting(step.remember) });
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
  /** What has come in and has not been sold, by the replies. */
  #booked = 0;

  constructor(private readonly startMs: number) {}

  get #clocks() {
    return { startMs: this.startMs, now: this.model.now };
  }

  async step(step: Command): Promise<void> {
    const levelBefore = step.do === "apply" ? (this.model.levels.get(step.warehouse) ?? 0) : 0;
    const unitsOf = "reservation" in step ? (this.model.reservations.get(step.reservation)?.units ?? 0) : 0;
    const reply = await send(this.name, step);
    expect(inTicks(reply, this.#clocks), JSON.stringify(step)).toEqual(this.model.run(step));

    const outcome = "outcome" in reply ? reply.outcome : "";
    const first = !("repeated" in reply && reply.repeated);
    if (step.do === "apply" && outcome === "applied") this.#booked += step.quantity - levelBefore;
    if (step.do === "adjust" && outcome === "adjusted" && first) this.#booked += step.change;
    if (step.do === "commit" && outcome === "committed") this.#booked -= unitsOf;
    await this.#compare();
    await this.#compareEnds(step.do !== "wait");
  }

  /** Everything stored is what the model has and adds up. */
  async #compare(): Promise<void> {
    const { model } = this;
    const [stock, reservations, ends] = await Promise.all([
      redis.hgetall(keys.stock(scope, this.name)),
      redis.hgetall(keys.reservations(scope, this.name)),
      redis.zrange(this.#ends, "0", "-1"),
    ]);
    expect(stock).toEqual(this.#fields());
    const states = [...model.reservations].map(([name, { state, units }]) => [name, `${state} ${units}`]);
    expect(reservations).toEqual(Object.fromEntries(states));
    expect(ends.map(String).sort()).toEqual([...model.reservations.keys()].sort());

    // From what Redis holds alone: the sums, the books, and that no more is promised than is there.
    const levels = Object.entries(stock).filter(([field]) => field.startsWith("level:"));
    const total = levels.reduce((sum, [, level]) => sum + Number(level), 0);
    const held = Object.values(reservations)
      .filter((state) => state.startsWith("held "))
      .reduce((sum, state) => sum + Number(state.slice("held ".length)), 0);
    expect(total).toBe(Number(stock["total"] ?? 0));
    expect(held).toBe(Number(stock["held"] ?? 0));
    expect(total).toBe(this.#booked);
    if (total >= held) model.mayFallShort = false;
    expect(total >= held || model.mayFallShort).toBe(true);
  }

  /**
   * Instants that a script has written are the model's to within a quarter of a tick; then all are
   * just the model's.
   */
  async #compareEnds(written: boolean): Promise<void> {
    const expected = [...this.model.reservations].map(([name, { ends }]) => ({
      name,
      endsMs: toMs(this.#clocks, ends),
    }));
    if (expected.length === 0) return;
    const scores = await redis.zmscore(this.#ends, ...expected.map(({ name }) => name));
    for (const [position, { name, endsMs }] of expected.entries()) {
      if (written) expect(Math.abs(Number(scores[position]) - endsMs), name).toBeLessThan(tick / 4);
    }
    await redis.zadd(this.#ends, ...expected.flatMap(({ name, endsMs }) => [endsMs, name]));
  }

  #fields(): Record<string, string> {
    const fields: Record<string, string> = {};
    const { levels, sequences, total, held, everHeld } = this.model;
    for (const [name, level] of levels) fields[`level:${name}`] = String(level);
    for (const [name, sequence] of sequences) fields[`seq:${name}`] = String(sequence);
    if (levels.size > 0) fields["total"] = String(total);
    if (everHeld) fields["held"] = String(held);
    return fields;
  }
}

test("the stock scripts agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const product = new Product(await nowMs(redis));
    // Three in four begin with something to reserve.
    const delivery = { do: "apply", warehouse: "a", quantity: 12, sequence: 0 } as const;
    if (commands.length % 4 > 0) await product.step(delivery);
    for (const step of commands) await product.step(step);
  });
});
