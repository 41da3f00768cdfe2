import { expect, test } from "vitest";
import type { Script } from "../../../src/client/index.js";
import { keys, scripts } from "../../../src/index.js";
import { MovedClock } from "../../support/lua/late/clock.js";
import { type Command, command, type Of } from "../../support/lua/models/cart-commands.js";
import { ProductModel } from "../../support/lua/models/cart-line.js";
import { RecordModel } from "../../support/lua/models/cart-record.js";
import { checkModel, modelLimitMs } from "../../support/lua/property.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

const redis = sharedRedis();

/** Shorter than half the longest time of an attempt. */
const tickMs = 100_000;
/** A time that ends between two ticks. */
const lasting = (ticks: number) => (ticks + 0.5) * tickMs;
const rememberMs = lasting(8);

const products = ["lamp", "vase"] as const;
const carts = ["p", "q"] as const;
type Product = (typeof products)[number];
type Cart = (typeof carts)[number];

/** What one client knows about the attempt that it has begun. */
interface Attempt {
  readonly fence: number;
  readonly lines: readonly { readonly product: Product; readonly units: number }[];
  readonly prepared: Set<string>;
  readonly followed: Set<string>;
}

interface Answer {
  readonly outcome: string;
  readonly fence?: number;
}

/** Two products and the records of two carts in Redis, beside their models. The clients keep the rules. */
class Shop {
  readonly #scope = { namespace: freshNamespace(), tenant: "acme" };
  readonly #clock = new MovedClock(redis);
  readonly #keys = new Set<string>();
  readonly #products = new Map(products.map((name) => [name, new ProductModel()]));
  readonly #records = new Map(carts.map((name) => [name, new RecordModel()]));
  readonly #attempts = new Map<Cart, Attempt[]>(carts.map((name) => [name, []]));
  /** The decision about each attempt, by the first reply that has said it. */
  readonly #decisions = new Map<number, string>();
  readonly #sold = new Set<string>();
  #sequence = 0;
  /** The time of the model since the start, which does not pass during a step. */
  #passedMs = 0;

  constructor(private readonly startMs: number) {}

  get #now(): number {
    return this.#passedMs / tickMs;
  }

  async #call<Args, Reply extends Answer>(script: Script<Args, Reply>, args: Args): Promise<Reply> {
    const encoded = script.encode(this.#scope, args);
    for (const key of encoded.keys) this.#keys.add(key);
    this.#clock.aheadMs = this.#passedMs - (Date.now() - this.startMs);
    return script.decode(await this.#clock.run(script, encoded));
  }

  /** Stocks both products, and takes cart `p` up to this stage of a commit. */
  async open(stage: number): Promise<void> {
    for (const product of products) await this.#setLevel({ do: "setLevel", product, quantity: 7 });
    const cart = "p";
    const drawn = { cart, odd: false, units: 2, ticks: 2, back: 0, retake: false } as const;
    if (stage < 1) return;
    for (const product of products) await this.step({ do: "reserve", product, ...drawn });
    if (stage < 2) return;
    await this.step({ do: "begin", ...drawn });
    for (const product of products) await this.step({ do: "prepare", product, ...drawn });
    if (stage > 2) await this.step({ do: "decide", ...drawn });
    if (stage < 4) return;
    for (const product of products) await this.step({ do: "follow", product, ...drawn });
  }

  async step(step: Command): Promise<void> {
    const before = await this.#prepared();
    await this.#run(step);
    await this.#compare(step);
    const after = await this.#prepared();
    // Only the decision ends a prepared line, and only a later attempt takes it over.
    if (step.do !== "follow") expect([...after.keys()]).toEqual(expect.arrayContaining([...before.keys()]));
    for (const [line, fence] of before) expect(after.get(line) ?? fence).toBeGreaterThanOrEqual(fence);
  }

  async #run(step: Command): Promise<void> {
    switch (step.do) {
      case "wait":
        this.#passedMs += step.ticks * tickMs;
        await this.#clock.pass(step.ticks * tickMs, [...this.#keys]);
        for (const record of this.#records.values()) record.pass(this.#now);
        return;
      case "begin":
        return this.#begin(step);
      case "prepare":
        return this.#prepare(step);
      case "decide":
      case "abort":
        return this.#decide(step);
      case "follow":
        return this.#follow(step);
      case "finish":
      case "setAside":
        return this.#report(step);
      case "settle":
      case "claim":
      case "redrive":
      case "discard":
        return this.#work(step);
      case "setLevel":
        return this.#setLevel(step);
      default:
        return this.#trade(step);
    }
  }

  async #setLevel({ product, quantity }: Of<"setLevel">): Promise<void> {
    const event = { warehouse: "a", quantity, sequence: ++this.#sequence, low: 0 };
    const reply = await this.#call(scripts.stock.setLevel, { product, ...event });
    this.#expect(sums(reply), this.#product(product).setLevel(quantity));
  }

  async #trade(
    step: Of<"reserve" | "extend" | "commit" | "release" | "sweep" | "recount" | "adjust" | "claimPrepared">,
  ): Promise<void> {
    const { product } = step;
    const [model, now] = [this.#product(product), this.#now];
    const { stock } = scripts;
    switch (step.do) {
      case "reserve": {
        const { cart: reservation, units, ticks } = step;
        const leaseMs = lasting(ticks);
        const reply = await this.#call(stock.reserve, { product, reservation, units, leaseMs, rememberMs });
        return this.#expect(reply, model.reserve(now, reservation, units, ticks + 0.5));
      }
      case "extend": {
        const { cart: reservation, ticks } = step;
        const text = await redis.hget(keys.reservations(this.#scope, product), reservation);
        const leaseEndsMs = Number(text?.split(" ")[2] ?? 1);
        const leaseMs = lasting(ticks);
        const reply = await this.#call(stock.extend, { product, reservation, leaseEndsMs, leaseMs });
        return this.#expect(reply, model.extend(now, reservation, ticks + 0.5));
      }
      case "commit": {
        const reply = await this.#call(stock.commit, { product, reservation: step.cart, rememberMs });
        if (reply.outcome === "committed") this.#sold.add(`${step.cart} ${product}`);
        return this.#expect(reply, model.commit(now, step.cart));
      }
      case "release": {
        const reply = await this.#call(stock.release, { product, reservation: step.cart, rememberMs });
        return this.#expect(reply, model.release(now, step.cart));
      }
      case "sweep": {
        const reply = await this.#call(stock.sweep, { product, limit: 100, rememberMs });
        const { outcome, expired, forgotten } = reply;
        return this.#expect({ outcome, expired, forgotten }, model.sweep(now));
      }
      case "recount":
        return this.#expect(await this.#call(stock.recount, { product }), model.recount());
      case "adjust": {
        const sale = { change: step.change, backorder: false, low: 0, rememberMs };
        const reply = await this.#call(stock.adjust, { product, ...sale });
        return this.#expect(sums(reply), model.adjust(step.change));
      }
      case "claimPrepared": {
        const member = `${this.#scope.tenant}:${product}\t${step.cart}`;
        const dueMs = await this.#score(keys.slotPrepared(this.#scope, product), member);
        const claim = { product, reservation: step.cart, dueMs, retryMs: lasting(1) };
        const reply = await this.#call(stock.claimPrepared, claim);
        return this.#expect(reply, model.claimPrepared(step.cart));
      }
    }
  }

  /** Begins an attempt with what the cart holds, or with other units. */
  async #begin({ cart, odd, units, ticks }: Of<"begin">): Promise<void> {
    const held = products.flatMap((product) => {
      const line = this.#product(product).lines.get(cart);
      const isPaid = line !== undefined && line.state !== "released";
      return isPaid ? [{ product, units: odd ? units : line.units }] : [];
    });
    const lines = held.length > 0 ? held : [{ product: "lamp" as const, units }];
    const begin = { cart, lines, prepareLimitMs: lasting(ticks), rememberMs };
    const reply = await this.#call(scripts.cart.begin, begin);
    const fence = reply.outcome === "begun" ? reply.fence : 0;
    const attempts = this.#attemptsOf(cart);
    if (fence > 0) {
      // A later attempt has a higher fence.
      expect(fence).toBeGreaterThan(attempts[0]?.fence ?? 0);
      attempts.unshift({ fence, lines, prepared: new Set(), followed: new Set() });
    }
    this.#expect(reply, this.#record(cart).begin(this.#now, lines, ticks + 0.5, fence));
  }

  /** Prepares a line with the units that were paid for. */
  async #prepare({ cart, product: wanted, back, odd, units, retake }: Of<"prepare">): Promise<void> {
    const attempt = this.#attemptsOf(cart)[back];
    const line = attempt?.lines.find(({ product }) => product === wanted) ?? attempt?.lines[0];
    if (!attempt || !line) return;
    const { product } = line;
    const paid = odd ? units : line.units;
    const { fence } = attempt;
    const reply = await this.#call(scripts.stock.prepare, {
      product,
      reservation: cart,
      units: paid,
      fence,
      retake,
      prepareLimitMs: lasting(1),
      rememberMs,
    });
    this.#expect(reply, this.#product(product).prepare(this.#now, cart, paid, fence, retake));
    const isPrepared = reply.outcome === "prepared" || reply.outcome === "already_committed";
    if (isPrepared && paid === line.units) attempt.prepared.add(product);
  }

  /** A client decides after all its lines are prepared; it may abort at any time. */
  async #decide({ do: what, cart, back }: Of<"decide" | "abort">): Promise<void> {
    const attempt = this.#attemptsOf(cart)[back];
    if (!attempt) return;
    const { fence } = attempt;
    if (what === "decide" && attempt.prepared.size < attempt.lines.length) return;
    const reply = await this.#call(scripts.cart[what], { cart, fence });
    this.#expect(reply, this.#record(cart)[what](fence));
    this.#learn(fence, reply.outcome);
  }

  /** Asks the record, and sells the line or gives it back. */
  async #follow({ cart, product: wanted, back }: Of<"follow">): Promise<void> {
    const attempt = this.#attemptsOf(cart)[back];
    const line = attempt?.lines.find(({ product }) => product === wanted) ?? attempt?.lines[0];
    if (!attempt || !line) return;
    const { product } = line;
    const { fence } = attempt;
    const known = await this.#call(scripts.cart.read, { cart });
    this.#expect(known, this.#record(cart).read());
    const isOwn = "fence" in known && known.fence === fence;
    if (isOwn) this.#learn(fence, known.outcome);
    if (isOwn && known.outcome === "undecided") return;
    const follow = { product, reservation: cart, fence, rememberMs };
    const model = this.#product(product);
    if (isOwn && known.outcome === "committed") {
      const reply = await this.#call(scripts.stock.commitPrepared, follow);
      this.#expect(reply, model.commitPrepared(this.#now, cart, fence));
      if (reply.outcome === "committed") {
        expect(this.#decisions.get(fence)).toBe("committed");
        this.#sold.add(`${cart} ${product}`);
      }
      if (reply.outcome !== "committed" && reply.outcome !== "already_committed") return;
    } else {
      const reply = await this.#call(scripts.stock.releasePrepared, follow);
      this.#expect(reply, model.releasePrepared(this.#now, cart, fence));
    }
    attempt.followed.add(product);
  }

  /** Reports the lines that have followed, or one that could not be sold. */
  async #report(step: Of<"finish" | "setAside">): Promise<void> {
    const { cart, back } = step;
    const attempt = this.#attemptsOf(cart)[back];
    if (!attempt) return;
    const { fence } = attempt;
    const record = this.#record(cart);
    if (step.do === "setAside") {
      const line = { cart, fence, lineProduct: step.product, reason: "shortfall" };
      const reply = await this.#call(scripts.cart.setAside, line);
      return this.#expect(reply, record.setAside(fence, step.product));
    }
    const followed = [...attempt.followed];
    const reply = await this.#call(scripts.cart.finish, { cart, fence, products: followed });
    this.#expect(reply, record.finish(this.#now, fence, followed));
  }

  async #work({ do: what, cart }: Of<"settle" | "claim" | "redrive" | "discard">): Promise<void> {
    const record = this.#record(cart);
    const member = `${this.#scope.tenant}:${cart}`;
    if (what === "claim") {
      const dueMs = await this.#score(keys.slotCarts(this.#scope, cart), member);
      const reply = await this.#call(scripts.cart.claim, { cart, dueMs, retryMs: lasting(1) });
      return this.#expect(reply, record.claim());
    }
    if (what === "redrive" || what === "discard") {
      const entry = await redis.hget(keys.slotDeadCarts(this.#scope, cart), member);
      const sinceMs = Number(entry?.split(" ")[0] ?? 1);
      const reply = await this.#call<{ cart: string; sinceMs: number }, Answer>(scripts.cart[what], {
        cart,
        sinceMs,
      });
      return this.#expect(reply, what === "redrive" ? record.redrive() : record.discard(this.#now));
    }
    const reply = await this.#call(scripts.cart.settle, { cart });
    if ("openLines" in reply) {
      const openLines = [...reply.openLines].sort((one, other) => (one.product < other.product ? -1 : 1));
      this.#learn(reply.fence, reply.outcome);
      return this.#expect({ ...reply, openLines }, record.settle(this.#now));
    }
    this.#expect(reply, record.settle(this.#now));
  }

  /** A decision is final. */
  #learn(fence: number, outcome: string): void {
    if (outcome !== "committed" && outcome !== "aborted") return;
    const known = this.#decisions.get(fence) ?? outcome;
    // After its end, a record is unknown, and a later attempt has its place.
    if (known === "aborted") expect(outcome).toBe(known);
    this.#decisions.set(fence, known);
  }

  #expect(reply: object, expected: object): void {
    expect(this.#inTicks(reply)).toEqual(JSON.parse(JSON.stringify(expected)));
  }

  #inTicks(reply: object): unknown {
    return JSON.parse(JSON.stringify(reply), (field, value: unknown) => {
      if (typeof value !== "number") return value;
      if (field === "waitMs") return quarters(value / tickMs);
      if (field !== "leaseEndsMs") return value;
      // The end 0 is final; JSON has no infinity.
      return value === 0 ? null : quarters((value - this.startMs) / tickMs);
    });
  }

  /** Everything stored is what the models have. */
  async #compare(step: Command): Promise<void> {
    const scope = this.#scope;
    for (const product of products) {
      const model = this.#product(product);
      const [stock, texts, ends, closed] = await Promise.all([
        redis.hgetall(keys.stock(scope, product)),
        redis.hgetall(keys.reservations(scope, product)),
        redis.zrange(keys.reservationEnds(scope, product), "0", "-1"),
        redis.zrange(keys.closedReservations(scope, product), "0", "-1"),
      ]);
      const lines = Object.entries(texts).map(([cart, text]) => ({ cart, text, ...parsed(text) }));
      const sum = (...states: string[]) =>
        lines.filter(({ state }) => states.includes(state)).reduce((all, { units }) => all + units, 0);
      // By what Redis holds alone.
      expect(Number(stock["held"] ?? 0), JSON.stringify(step)).toBe(sum("held", "prepared"));
      expect(Number(stock["prepared"] ?? 0), JSON.stringify(step)).toBe(sum("prepared"));
      expect(stock["total"]).toBe(stock["level:a"]);
      const named = (...states: string[]) =>
        lines.filter(({ state }) => states.includes(state)).map(({ cart }) => cart);
      expect(ends.map(String).sort()).toEqual(named("held").sort());
      expect(closed.map(String).sort()).toEqual(named("committed", "released", "expired").sort());
      // By the model.
      expect(Number(stock["total"])).toBe(model.total);
      const stored = lines.map(({ cart, state, units, fence }) => [cart, { state, units, fence }]);
      const expected = [...model.lines].map(([cart, { state, units, fence }]) => [
        cart,
        { state, units, fence },
      ]);
      expect(Object.fromEntries(stored), JSON.stringify(step)).toEqual(Object.fromEntries(expected));
      for (const { cart, ends: endMs } of lines) this.#expectEnd(endMs, model.lines.get(cart)?.ends);
    }
    await this.#compareIndexes();
    this.#expectWhole();
  }

  #expectEnd(endMs: number, ends = 0): void {
    const instant = quarters((endMs - this.startMs) / tickMs);
    if (ends === Number.NEGATIVE_INFINITY) expect(endMs).toBe(0);
    else expect(instant).toBe(ends);
  }

  async #compareIndexes(): Promise<void> {
    const scope = this.#scope;
    for (const product of products) {
      const entries = await redis.zrange(keys.slotPrepared(scope, product), "0", "-1");
      const own = entries.map(String).filter((entry) => entry.startsWith(`${scope.tenant}:${product}\t`));
      const prepared = [...this.#product(product).lines].filter(([, { state }]) => state === "prepared");
      expect(own.map((entry) => entry.split("\t")[1]).sort()).toEqual(prepared.map(([cart]) => cart).sort());
    }
    for (const cart of carts) {
      const member = `${scope.tenant}:${cart}`;
      const isDue = (await redis.zscore(keys.slotCarts(scope, cart), member)) !== null;
      expect(isDue, cart).toBe(this.#record(cart).open.length > 0);
      const record = await this.#call(scripts.cart.read, { cart });
      expect(record).toEqual(this.#record(cart).read());
    }
  }

  /** The lines of a committed cart are all sold, or prepared for it. */
  #expectWhole(): void {
    for (const cart of carts) {
      const { record } = this.#record(cart);
      if (record?.state !== "committed") continue;
      for (const product of record.lines.keys()) {
        const line = products.includes(product as Product)
          ? this.#product(product).lines.get(cart)
          : undefined;
        const isPrepared = line?.state === "prepared" && line.fence === record.fence;
        expect(isPrepared || this.#sold.has(`${cart} ${product}`), `${cart} ${product}`).toBe(true);
      }
    }
  }

  /** The fences of the prepared lines, by product and cart. */
  async #prepared(): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (const product of products) {
      const texts = await redis.hgetall(keys.reservations(this.#scope, product));
      for (const [cart, text] of Object.entries(texts)) {
        const { state, fence } = parsed(text);
        if (state === "prepared") found.set(`${product} ${cart}`, fence);
      }
    }
    return found;
  }

  async #score(key: string, member: string): Promise<number> {
    return Number((await redis.zscore(key, member)) ?? 1);
  }

  #product(name: string): ProductModel {
    const model = this.#products.get(name === "vase" ? "vase" : "lamp");
    if (!model) throw new Error(`no product ${name}`);
    return model;
  }

  #record(cart: Cart): RecordModel {
    const model = this.#records.get(cart);
    if (!model) throw new Error(`no cart ${cart}`);
    return model;
  }

  #attemptsOf(cart: Cart): Attempt[] {
    const attempts = this.#attempts.get(cart);
    if (!attempts) throw new Error(`no cart ${cart}`);
    return attempts;
  }
}

// Plus zero, which is not minus zero.
const quarters = (ticks: number) => Math.round(ticks * 4) / 4 + 0;

/** A reply without the product's status, which depends on `low`, and `repeated`. */
const sums = (reply: { readonly outcome: string; readonly total?: number; readonly available?: number }) => {
  const { outcome, total, available } = reply;
  return { outcome, total, available };
};

function parsed(text: string) {
  const [state = "", units, ends, fence = "0"] = text.split(" ");
  return { state, units: Number(units), ends: Number(ends), fence: Number(fence) };
}

test("the scripts of carts agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const shop = new Shop(Date.now());
    // Most begin in the middle of a commit.
    await shop.open(commands.length % 5);
    for (const step of commands) await shop.step(step);
  });
});
