import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { createContext, stopBackground } from "../../../examples/storefront/shop/context.js";
import { slotOf } from "../../../src/client/index.js";
import { waitUntil } from "../../../src/testing/wait.js";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const shop = await openTestShop();
const { acme, context, pool, schema, get, post, open } = shop;
const { book } = context.offers;
const product = "10201";
await open(product, 10);
afterAll(() => shop.close());

const offer = (name: string, endsInMs: number) => ({ offer: name, product, amountMinor: 99, endsInMs });

async function endOf(name: string): Promise<{ state: string; ended_by: string | null }> {
  const { rows } = await pool.query<{ state: string; ended_by: string | null }>(
    `select state, ended_by from ${schema}.offers where offer = $1`,
    [name],
  );
  return rows[0] ?? { state: "gone", ended_by: null };
}

/** Until the offer is in this state. */
async function comesTo(name: string, state: string): Promise<void> {
  await waitUntil(async () => (await endOf(name)).state === state, 10_000, `${name} to be ${state}`);
}

test("an offer that is made twice is one offer, and is listed with its end", async () => {
  const first = await post("/offers", offer("twice", 60_000));
  expect(first).toMatchObject({ status: 200, body: { outcome: "running", repeated: false } });
  const second = await post("/offers", offer("twice", 60_000));
  expect(second.body).toEqual({ ...Object(first.body), repeated: true });
  const { endsMs } = Object(first.body);
  expect(await get("/offers/expiring?withinMs=120000")).toEqual({
    ...first,
    headers: expect.anything(),
    body: { offers: [{ offer: "twice", endsMs }] },
  });
  expect(await get("/offers/expiring?withinMs=1000")).toMatchObject({ body: { offers: [] } });
  expect(await get("/offers/expiring?withinMs=soon")).toMatchObject({ status: 400 });
  expect(await post("/offers/cancel", { offer: "twice" })).toMatchObject({ body: { outcome: "cancelled" } });
  expect(await post("/offers/cancel", { offer: "twice" })).toMatchObject({ body: { outcome: "cancelled" } });
  expect(await get("/offers/expiring")).toMatchObject({ body: { offers: [] } });
  expect(await post("/offers", offer("twice", 60_000))).toMatchObject({ body: { outcome: "cancelled" } });
  expect(await post("/offers/cancel", { offer: "none" })).toMatchObject({
    status: 404,
    body: { code: "UNKNOWN_OFFER" },
  });
});

test("an offer without acknowledgement is claimed again, and keeps the claim that ended it", async () => {
  await post("/offers", offer("once", 1));
  await sleep(20);
  const queueShard = String(slotOf("once") % 16);
  const claimed = await acme.scripts.expiry.claim({
    queue: "offers",
    queueShard,
    claim: "killed",
    limit: 10,
    leaseMs: 200,
  });
  expect(claimed).toMatchObject({ outcome: "claimed", items: [{ item: "once", attempts: 1 }] });
  expect(await book.expire(["once"], "killed")).toEqual({ left: [], products: [expect.any(String)] });
  const other = createContext(context);
  context.offers.worker.start();
  other.offers.worker.start();
  await waitUntil(
    async () => context.offers.worker.status().done + other.offers.worker.status().done === 1,
    10_000,
    "another worker to have it",
  );
  await stopBackground(other);
  expect(await endOf("once")).toEqual({ state: "expired", ended_by: "killed" });
});

test("an extended offer runs beyond its first end, even if a worker has claimed it", async () => {
  await post("/offers", offer("longer", 150));
  const longer = { offer: "longer", endsInMs: 1_000 };
  for (let delivery = 0; delivery < 2; delivery += 1) {
    expect(await post("/offers/extend", longer)).toMatchObject({ body: { outcome: "running" } });
  }
  // As an extension that comes between the claim and the worker's look into the books.
  await acme.expiry.track({ queue: "offers", item: "longer", dueMs: 1 });
  await sleep(300);
  expect(await endOf("longer")).toMatchObject({ state: "running" });
  await comesTo("longer", "expired");
  expect(await post("/offers/extend", longer)).toMatchObject({ body: { outcome: "expired" } });
});

test("the clean-up finds both kinds of orphans once", async () => {
  await post("/offers", offer("no row", 60_000));
  await pool.query(`delete from ${schema}.offers where offer = 'no row'`);
  await post("/offers", offer("no tracking", 500));
  await acme.expiry.cancel({ queue: "offers", item: "no tracking" });
  await post("/offers", offer("sound", 60_000));
  expect(await context.offers.cleanUp()).toBe(2);
  expect(await context.offers.cleanUp()).toBe(0);
  await comesTo("no tracking", "expired");
  expect(await get("/offers/expiring")).toMatchObject({ body: { offers: [{ offer: "sound" }] } });
});

test("hasten() ends an overdue offer that is not tracked", async () => {
  await post("/offers", offer("forgotten", 60_000));
  await acme.expiry.cancel({ queue: "offers", item: "forgotten" });
  await pool.query(
    `update ${schema}.offers set ends_at = now() - interval '1 minute' where offer = 'forgotten'`,
  );
  expect(await context.offers.requeueOverdue()).toBe(1);
  await comesTo("forgotten", "expired");
});

test("an offer for an unknown product is refused", async () => {
  expect(await post("/offers", { ...offer("odd", 1_000), product: "99999" })).toMatchObject({ status: 404 });
  expect(await book.find("odd")).toBeUndefined();
});
