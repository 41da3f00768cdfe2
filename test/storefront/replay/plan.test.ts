import { expect, test } from "vitest";
import { isBooked, type ShopEvent } from "../../../examples/storefront/events.js";
import type { InvoiceLine } from "../../../examples/storefront/invoices/line.js";
import { syntheticInvoices } from "../../../examples/storefront/invoices/synthetic.js";
import { type Delivery, laneOf } from "../../../examples/storefront/replay/delivery.js";
import { planDeliveries } from "../../../examples/storefront/replay/plan.js";

async function plan(lines: Iterable<InvoiceLine>, seed = 1, stock = 1_001): Promise<Delivery[]> {
  const found: Delivery[] = [];
  for await (const delivery of planDeliveries(lines, { seed, stock })) found.push(delivery);
  return found;
}

/** Whether it tells what the invoice says, not what else goes on in the shop. */
function isOfLine(event: ShopEvent): boolean {
  return event.kind === "view" || isBooked(event);
}

function eventsOf(deliveries: readonly Delivery[]): ShopEvent[] {
  return deliveries.filter(({ isRepeat }) => !isRepeat).map(({ event }) => event);
}

test("a line gives a price event, a view and a sale, and the first one opens both warehouses", async () => {
  const line = { kind: "product", product: "85123A", priceMinor: 255 } as const;
  const events = eventsOf(
    await plan([
      { ...line, number: 2, quantity: 6 },
      { kind: "other", number: 3 },
      { kind: "bad", number: 4, reason: "it is not UTF-8" },
      { ...line, number: 5, quantity: -2 },
      { ...line, number: 6, quantity: 0, priceMinor: 0 },
    ]),
  );
  const product = "85123A";
  expect(events.sort((one, other) => one.event.localeCompare(other.event))).toEqual([
    { kind: "price", event: "line-2:price", product, amountMinor: 255, sequence: 2 },
    { kind: "sale", event: "line-2:sale", product, units: 6 },
    { kind: "view", event: "line-2:view", product },
    { kind: "return", event: "line-5:return", product, units: 2 },
    { kind: "view", event: "line-5:view", product },
    { kind: "price", event: "line-6:price", product, amountMinor: 0, sequence: 6 },
    { kind: "view", event: "line-6:view", product },
    {
      kind: "opening",
      event: "opening:north",
      product,
      warehouse: "north",
      quantity: 501,
      sequence: 1,
    },
    {
      kind: "opening",
      event: "opening:south",
      product,
      warehouse: "south",
      quantity: 500,
      sequence: 1,
    },
  ]);
});

test("the same lines and seed give the same deliveries, and another seed gives others", async () => {
  const lines = [...syntheticInvoices(1, 300)];
  expect(await plan(lines, 5)).toEqual(await plan(lines, 5));
  expect(await plan(lines, 6)).not.toEqual(await plan(lines, 5));
});

test("every event is delivered, 5 % of them twice, and none before its product's opening", async () => {
  const deliveries = (await plan(syntheticInvoices(1, 10_000))).filter(({ event }) => isOfLine(event));
  const events = eventsOf(deliveries);
  expect(new Set(events.map(({ event, product }) => `${event} ${product}`)).size).toBe(events.length);

  const copies = deliveries.reduce((sum, delivery) => sum + delivery.copies, 0);
  const share = (copies - events.length) / events.length;
  expect(share).toBeGreaterThan(0.045);
  expect(share).toBeLessThan(0.055);
  expect(deliveries.some((delivery) => delivery.copies === 2)).toBe(true);
  expect(deliveries.some((delivery) => delivery.isRepeat)).toBe(true);

  const opened = new Set<string>();
  const early = events.filter(({ kind, product }) => {
    if (kind === "opening") opened.add(product);
    return !opened.has(product);
  });
  expect(early).toEqual([]);
});

test("each cart ends before its product's next sale", async () => {
  const lines = [...syntheticInvoices(1, 10_000)];
  const deliveries = await plan(lines);
  const sales = new Map<string, ShopEvent>();
  let cancelled = 0;
  let abandoned = 0;
  for (const { event, pauseAfterMs } of deliveries) {
    const open = sales.get(laneOf(event));
    if (event.kind === "cart-cancel") {
      expect(open).toMatchObject({ kind: "cart", event: event.event });
      sales.delete(laneOf(event));
      cancelled += 1;
    } else if (laneOf(event).startsWith("stock:")) expect(open).toBeUndefined();
    if (event.kind !== "cart") continue;
    if (pauseAfterMs === undefined) sales.set(laneOf(event), event);
    else {
      expect(pauseAfterMs).toBeGreaterThan(event.leaseMs);
      abandoned += 1;
    }
  }
  expect(sales.size).toBe(0);
  expect(cancelled).toBeGreaterThan(50);
  expect(abandoned).toBeGreaterThan(25);
});

test("some prices arrive after newer ones, and some sales after later sales", async () => {
  const events = eventsOf(await plan(syntheticInvoices(1, 10_000)));
  const orderOf = (event: ShopEvent) => Number(/^line-(\d+)/.exec(event.event)?.[1]);
  const lateOnes = (kinds: readonly string[]) => {
    const newest = new Map<string, number>();
    return events.filter((event) => {
      if (!kinds.includes(event.kind)) return false;
      const before = newest.get(event.product) ?? 0;
      newest.set(event.product, Math.max(before, orderOf(event)));
      return orderOf(event) < before;
    }).length;
  };
  expect(lateOnes(["price"])).toBeGreaterThan(20);
  expect(lateOnes(["sale", "return"])).toBeGreaterThan(50);
});
