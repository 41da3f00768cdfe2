import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { keys, scripts } from "../../../src/index.js";
import { clockKey, withClock } from "../../support/lua/clock.js";
import { NEVER_MS, PriceModel } from "../../support/lua/models/price.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

const redis = sharedRedis();
const namespace = freshNamespace();
const scope = { namespace, tenant: "acme" };

/** Where the clock of a product begins. Sales last some units of a minute from there. */
const START_MS = 1_800_000_000_000;
const MINUTE_MS = 60_000;

const price = createScriptClient(
  redis,
  {
    price: {
      set: withClock(scripts.price.set),
      setSale: withClock(scripts.price.setSale),
      removeSale: withClock(scripts.price.removeSale),
      read: withClock(scripts.price.read),
    },
  },
  { namespace, deadlineMs: 15_000 },
).tenant("acme").price;

const minute = fc.integer({ min: 0, max: 30 });
const sequence = fc.integer({ min: 0, max: 20 });
const command = fc.oneof(
  fc.record({ do: fc.constant("set" as const), amountMinor: fc.integer({ min: 0, max: 9 }), sequence }),
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("setSale" as const),
      sale: fc.constantFrom("a", "b", "c", "d 1 2"),
      amountMinor: fc.integer({ min: 0, max: 9 }),
      starts: fc.option(minute, { nil: undefined, freq: 4 }),
      ends: fc.option(minute, { nil: undefined, freq: 4 }),
      sequence,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("removeSale" as const),
      sale: fc.constantFrom("a", "b", "c"),
      sequence,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("pass" as const), minutes: fc.constantFrom(0.5, 1, 3, 11) }),
  },
  // An event that was sent before arrives once more.
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("again" as const), back: fc.integer({ min: 1, max: 20 }) }),
  },
);

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;
type Event = Exclude<Command, { do: "pass" | "again" }>;

const at = (minutes: number) => START_MS + minutes * MINUTE_MS;
const windowOf = ({ starts, ends }: { starts: number | undefined; ends: number | undefined }) => ({
  startsAtMs: starts === undefined ? undefined : at(starts),
  endsAtMs: ends === undefined ? undefined : at(ends),
});

function expected(model: PriceModel, event: Event, now: number): object {
  if (event.do === "set") return model.set(event.amountMinor, event.sequence);
  if (event.do === "removeSale") return model.apply(event, now);
  const { startsAtMs: startsAt = 0, endsAtMs: endsAt = NEVER_MS } = windowOf(event);
  if (endsAt <= startsAt) return { code: "ARGUMENT" };
  const { sale, sequence, amountMinor } = event;
  return model.apply({ sale, sequence, set: { amountMinor, startsAt, endsAt } }, now);
}

async function send(product: string, event: Event): Promise<unknown> {
  const of = { product, currency: "EUR" };
  const { sequence } = event;
  if (event.do === "set") return price.set({ ...of, amountMinor: event.amountMinor, sequence });
  const { sale } = event;
  if (event.do === "removeSale") return price.removeSale({ ...of, sale, sequence });
  return price
    .setSale({ ...of, sale, amountMinor: event.amountMinor, ...windowOf(event), sequence })
    .catch(({ code }: { code: string }) => ({ code }));
}

test("the price scripts agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const product = freshName();
    const key = keys.price(scope, product, "EUR");
    const model = new PriceModel();
    const sent: Event[] = [];
    let now = START_MS;
    await redis.set(clockKey(key), now);
    for (const step of commands) {
      if (step.do === "pass") {
        now += step.minutes * MINUTE_MS;
        await redis.set(clockKey(key), now);
      } else {
        const event = step.do === "again" ? sent.at(-step.back) : step;
        if (event === undefined) continue;
        sent.push(event);
        const before = await redis.hgetall(key);
        expect(await send(product, event), JSON.stringify(step)).toEqual(expected(model, event, now));
        // However late an event arrives once more, it changes nothing.
        if (step.do === "again") expect(await redis.hgetall(key), JSON.stringify(step)).toEqual(before);
      }
      const reply = await price.read({ product, currency: "EUR" });
      expect(reply, JSON.stringify(step)).toEqual(model.read(now));
    }
    const { calendar: _, ...fields } = await redis.hgetall(key);
    expect(fields).toEqual(model.fields());
  });
});
