import { afterAll, beforeAll, expect, test } from "vitest";
import { waitUntil } from "../../../src/testing/wait.js";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const open = await openTestShop();
const { pool, schema, context, get, post } = open;

beforeAll(async () => {
  await pool.query(`insert into ${schema}.categories (category, name) values ('lamps', 'Lamps')`);
  context.offers.worker.start();
});
afterAll(() => open.close());

const details = () => get("/api/v1/products/lamp/details");

test("a product's page shows its offer from the start to the end of it", async () => {
  await post("/api/v1/products", {
    product: "lamp",
    organisation: "oslo",
    category: "lamps",
    schema: "lamp",
    name: "Lamp",
    description: "Bright.",
    priceMinor: 1_000,
    units: 10,
  });
  expect(await details()).toMatchObject({ body: { offer: null } });
  const offer = { offer: "o1", product: "lamp", amountMinor: 500, endsInMs: 60_000 };
  await post("/offers", offer);
  expect(await details()).toMatchObject({ body: { offer: { offer: "o1", amountMinor: 500 } } });
  const { body } = await post("/offers/extend", { offer: "o1", endsInMs: 120_000 });
  expect(await details()).toMatchObject({ body: { offer: { endsMs: Object(body).endsMs } } });
  await post("/offers/cancel", { offer: "o1" });
  expect(await details()).toMatchObject({ body: { offer: null } });
  await post("/offers", { ...offer, offer: "o2", endsInMs: 300 });
  await waitUntil(async () => Object((await details()).body).offer === null, 10_000, "the end of the offer");
  // The worker removes the entry, so that it has no offer any more.
  await waitUntil(
    async () => (await context.catalogue.entries.details.get({ product: "lamp" }))?.offer === null,
    10_000,
    "the entry without the offer",
  );
});
