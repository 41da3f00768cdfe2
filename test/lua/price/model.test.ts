import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const never = 8_640_000_000_000_000;
const { redis, scope, tenant } = freshTenant();

// Windows begin and end at least this far from now, so that the run's own time changes nothing.
const far = 1_000_000;

/** Multiples of `far` from now, never now itself. */
const instant = fc.option(fc.constantFrom(-2, -1, 1, 2), { nil: undefined, freq: 2 });

const command = fc.oneof(
  // A base price has no window; one with a window is refused, so most of these have none.
  fc.record({
    do: fc.constant("apply" as const),
    currency: fc.constantFrom("EUR", "JPY"),
    kind: fc.constant("base" as const),
    amountMinor: fc.integer({ min: 0, max: 99 }),
    starts: fc.constant(undefined),
    ends: fc.constant(undefined),
    sequence: fc.integer({ min: 0, max: 6 }),
  }),
  fc.record({
    do: fc.constant("apply" as const),
    currency: fc.constantFrom("EUR", "JPY"),
    kind: fc.constantFrom("base" as const, "sale" as const, "sale" as const),
    amountMinor: fc.integer({ min: 0, max: 99 }),
    starts: instant,
    ends: instant,
    sequence: fc.integer({ min: 0, max: 6 }),
  }),
  fc.record({ do: fc.constant("read" as const), currency: fc.constantFrom("EUR", "JPY") }),
);

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;
type Apply = Extract<Command, { do: "apply" }>;

/** A product's prices in one currency. */
class Price {
  readonly latest = new Map<string, Apply>();

  apply(event: Apply): object {
    const { kind, starts, ends, sequence } = event;
    if (kind === "base" && (starts ?? ends) !== undefined) return { code: "ARGUMENT" };
    if (starts !== undefined && ends !== undefined && ends <= starts) return { code: "ARGUMENT" };
    const known = this.latest.get(kind);
    if (known && sequence <= known.sequence) {
      return { outcome: sequence === known.sequence ? "repeated" : "stale" };
    }
    this.latest.set(kind, event);
    return { outcome: "applied" };
  }

  read(now: number): object {
    const base = this.latest.get("base");
    if (!base) return { outcome: "unknown" };
    const priced = { outcome: "priced", baseMinor: base.amountMinor };
    const sale = this.latest.get("sale");
    if (!sale) return { ...priced, effectiveMinor: base.amountMinor, onSale: false };
    const started = (sale.starts ?? -1) < 0;
    const over = (sale.ends ?? 1) < 0;
    const onSale = started && !over;
    const edge = started ? sale.ends : sale.starts;
    return {
      ...priced,
      saleMinor: sale.amountMinor,
      effectiveMinor: onSale ? sale.amountMinor : base.amountMinor,
      onSale,
      ...(!over && edge !== undefined && { changesAtMs: now + edge * far }),
    };
  }

  fields(now: number): Record<string, string> {
    const [base, sale] = [this.latest.get("base"), this.latest.get("sale")];
    const at = (instantOf: number | undefined, absent: number) =>
      String(instantOf === undefined ? absent : now + instantOf * far);
    return {
      ...(base && { base: String(base.amountMinor), base_seq: String(base.sequence) }),
      ...(sale && {
        sale: String(sale.amountMinor),
        sale_seq: String(sale.sequence),
        sale_starts: at(sale.starts, 0),
        sale_ends: at(sale.ends, never),
      }),
    };
  }
}

async function send(product: string, step: Command, now: number): Promise<unknown> {
  if (step.do === "read") return tenant.price.read({ product, currency: step.currency });
  const { starts, ends, ...event } = step;
  return tenant.price
    .set({
      product,
      ...event,
      startsAtMs: starts === undefined ? undefined : now + starts * far,
      endsAtMs: ends === undefined ? undefined : now + ends * far,
    })
    .catch(({ code }: { code: string }) => ({ code }));
}

test("the price scripts agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const product = freshName();
    const now = await nowMs(redis);
    const prices = { EUR: new Price(), JPY: new Price() };
    const priceIn = (currency: string) => (currency === "EUR" ? prices.EUR : prices.JPY);
    for (const step of commands) {
      const price = priceIn(step.currency);
      const expected = step.do === "read" ? price.read(now) : price.apply(step);
      expect(await send(product, step, now), JSON.stringify(step)).toEqual(expected);
    }
    for (const [currency, price] of Object.entries(prices)) {
      expect(await redis.hgetall(keys.price(scope, product, currency))).toEqual(price.fields(now));
    }
  });
});
