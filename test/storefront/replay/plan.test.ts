import { expect, test } from "vitest";
import { isBooked, MAX_ORDER_LINES, type ShopEvent } from "../../../examples/storefront/events.js";
import { GUEST, type InvoiceLine } from "../../../examples/storefront/invoices/line.js";
import { syntheticInvoices } from "../../../examples/storefront/invoices/synthetic.js";
import { type Delivery, lanesOf } from "../../../examples/storefront/replay/delivery.js";
import { COUPON } from "../../../examples/storefront/replay/orders.js";
import { planDeliveries } from "../../../examples/storefront/replay/plan.js";

async function plan(lines: Iterable<InvoiceLine>, seed = 1, stock = 1_001): Promise<Delivery[]> {
  const found: Delivery[] = [];
  for await (const delivery of planDeliveries(lines, { seed, stock })) found.push(delivery);
  return found;
}

/** Whether it tells what the invoice says, not what else goes on in the shop. */
function isOfLine(event: ShopEvent): boolean {
  return event.kind === "view" || event.kind === "order" || isBooked(event);
}

function eventsOf(deliveries: readonly Delivery[]): ShopEvent[] {
  return deliveries.filter(({ isRepeat }) => !isRepeat).map(({ event }) => event);
}

/** The products of an event. */
function productsOf(event: ShopEvent): string[] {
  return lanesOf(event).flatMap(({ product }) => product ?? []);
}

const line = {
  kind: "product",
  invoice: "536365",
  customer: "17850",
  product: "85123A",
  quantity: 6,
  priceMinor: 255,
} as const;

test("a line gives a price event, a view and an order, and the first one opens both warehouses", async () => {
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
  const ofLines = events.filter(isOfLine);
  expect(ofLines.sort((one, other) => one.event.localeCompare(other.event))).toEqual([
    {
      kind: "order",
      event: "line-2:order",
      invoice: "536365",
      customer: "17850",
      lines: [{ product, units: 6, priceMinor: 255 }],
    },
    { kind: "price", event: "line-2:price", product, amountMinor: 255, sequence: 2 },
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
  expect(new Set(events.map((event) => `${event.event} ${productsOf(event)}`)).size).toBe(events.length);

  const copies = deliveries.reduce((sum, delivery) => sum + delivery.copies, 0);
  const share = (copies - events.length) / events.length;
  expect(share).toBeGreaterThan(0.045);
  expect(share).toBeLessThan(0.055);
  expect(deliveries.some((delivery) => delivery.copies === 2)).toBe(true);
  expect(deliveries.some((delivery) => delivery.isRepeat)).toBe(true);

  const opened = new Set<string>();
  const early = events.filter((event) => {
    if (event.kind === "opening") opened.add(event.product);
    return !productsOf(event).every((product) => opened.has(product));
  });
  expect(early).toEqual([]);
});

test("the sale lines of an invoice are one order, in their order and with their prices", async () => {
  const events = eventsOf(
    await plan([
      { ...line, number: 2 },
      { ...line, number: 3, product: "71053", quantity: 2, priceMinor: 339 },
      { ...line, number: 4, quantity: -1 },
      { kind: "other", number: 5 },
      { ...line, number: 6, quantity: 1, priceMinor: 210 },
      { ...line, number: 7, invoice: "536366" },
      { ...line, number: 8, invoice: "536366", customer: "guest" },
    ]),
  );
  const orders = events.filter((event) => event.kind === "order");
  const byName = orders.sort((one, other) => one.event.localeCompare(other.event));
  expect(byName.map(({ event, invoice, customer }) => [event, invoice, customer])).toEqual([
    ["line-2:order", "536365", "17850"],
    ["line-7:order", "536366", "17850"],
    ["line-8:order", "536366", "guest"],
  ]);
  expect(byName[0]?.lines).toEqual([
    { product: "85123A", units: 6, priceMinor: 255 },
    { product: "71053", units: 2, priceMinor: 339 },
    { product: "85123A", units: 1, priceMinor: 210 },
  ]);
});

test("an invoice of more lines than an order has becomes several orders in a row", async () => {
  const lines = Array.from({ length: 2 * MAX_ORDER_LINES + 1 }, (_, index) => ({
    ...line,
    number: index + 2,
    product: `${10_000 + index}`,
  }));
  const orders = eventsOf(await plan(lines)).filter((event) => event.kind === "order");
  expect(orders.map(({ lines: { length } }) => length).sort((one, other) => one - other)).toEqual([
    1,
    MAX_ORDER_LINES,
    MAX_ORDER_LINES,
  ]);
  expect(orders.flatMap((order) => order.lines.map(({ product }) => product)).sort()).toEqual(
    lines.map(({ product }) => product),
  );
});

test("some orders are paid after their lease", async () => {
  const events = eventsOf(await plan(syntheticInvoices(1, 10_000)));
  const orders = events.filter((event) => event.kind === "order");
  const late = orders.filter(({ payment }) => payment !== undefined);
  expect(late.length / orders.length).toBeGreaterThan(0.005);
  expect(late.length / orders.length).toBeLessThan(0.05);
  for (const { payment } of late) expect(payment?.takesMs).toBeGreaterThan(payment?.leaseMs ?? Infinity);
});

test("some customers have the coupon, which comes first, and no guest has it", async () => {
  const lines = [...syntheticInvoices(1, 10_000)];
  const deliveries = await plan(lines);
  expect(deliveries[0]?.event).toEqual(COUPON);
  const orders = eventsOf(deliveries).filter((event) => event.kind === "order");
  const share = orders.filter(({ coupon }) => coupon === COUPON.event).length / orders.length;
  expect(share).toBeGreaterThan(0.15);
  expect(share).toBeLessThan(0.35);
  const guests = await plan([{ ...line, number: 2, customer: GUEST }]);
  expect(eventsOf(guests).some((event) => event.kind === "order" && "coupon" in event)).toBe(false);
});

test("the numbers of planned sales rise, and each sale that is ended was planned before", async () => {
  const events = eventsOf(await plan(syntheticInvoices(1, 10_000)));
  const steps = events.filter(({ kind }) => kind === "price-sale" || kind === "price-sale-end");
  const planned = new Set<string>();
  let last = 0;
  for (const step of steps) {
    if (!("sequence" in step)) continue;
    expect(step.sequence).toBeGreaterThan(last);
    last = step.sequence;
    if (step.kind === "price-sale") planned.add(step.event);
    else expect(planned).toContain(step.event);
  }
  expect(planned.size).toBeGreaterThan(20);
  expect(steps.length).toBeGreaterThan(planned.size);
});

test("each cart ends before its product's next order", async () => {
  const lines = [...syntheticInvoices(1, 10_000)];
  const deliveries = await plan(lines);
  const carts = new Map<string, ShopEvent>();
  let cancelled = 0;
  let abandoned = 0;
  for (const { event, pauseAfterMs } of deliveries) {
    const lanes = lanesOf(event).filter(({ name }) => name.startsWith("stock:"));
    const open = lanes.flatMap(({ name }) => carts.get(name) ?? []);
    if (event.kind === "cart-cancel") {
      expect(open).toMatchObject([{ kind: "cart", event: event.event }]);
      for (const { name } of lanes) carts.delete(name);
      cancelled += 1;
    } else expect(open).toEqual([]);
    if (event.kind !== "cart") continue;
    if (pauseAfterMs === undefined) for (const { name } of lanes) carts.set(name, event);
    else {
      expect(pauseAfterMs).toBeGreaterThan(event.leaseMs);
      abandoned += 1;
    }
  }
  expect(carts.size).toBe(0);
  expect(cancelled).toBeGreaterThan(50);
  expect(abandoned).toBeGreaterThan(25);
});

test("some prices arrive after newer ones, and some orders after later orders", async () => {
  const events = eventsOf(await plan(syntheticInvoices(1, 10_000)));
  const orderOf = (event: ShopEvent) => Number(/^line-(\d+)/.exec(event.event)?.[1]);
  const lateOnes = (kinds: readonly string[]) => {
    const newest = new Map<string, number>();
    return events.filter((event) => {
      if (!kinds.includes(event.kind)) return false;
      const before = Math.max(...productsOf(event).map((product) => newest.get(product) ?? 0));
      for (const product of productsOf(event)) newest.set(product, Math.max(before, orderOf(event)));
      return orderOf(event) < before;
    }).length;
  };
  expect(lateOnes(["price"])).toBeGreaterThan(20);
  expect(lateOnes(["order"])).toBeGreaterThan(3);
  expect(lateOnes(["order", "return"])).toBeGreaterThan(10);
});
