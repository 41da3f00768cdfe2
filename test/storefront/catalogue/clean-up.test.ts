import { afterAll, expect, test } from "vitest";
import { cleanUp, describeCleaned } from "../../../examples/storefront/shop/clean-up/clean-up.js";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const open = await openTestShop();
const { pool, schema, context, acme, redis, namespace, get, ask, post } = open;
afterAll(() => open.close());

const NOTHING = { offers: 0, requests: 0, sessions: 0, carts: 0, products: 0, cacheKeys: 0 };
const key = (product: string, name: string) => `${namespace}:{acme:${product}}:${name}`;

async function create(product: string): Promise<void> {
  const group = { organisation: "oslo", category: "lamps", schema: "lamp" };
  const more = { name: product, description: "Bright.", priceMinor: 100, units: 10 };
  await post("/api/v1/products", { product, ...group, ...more });
  await acme.price.set({ product, currency: "GBP", amountMinor: 100, sequence: 1 });
}

test("the clean-up removes what no TTL reaches, says what it was, and leaves everything else", async () => {
  await pool.query(`insert into ${schema}.categories (category, name) values ('lamps', 'Lamps')`);
  await create("kept");
  await create("deleted");
  await create("held");
  await open.open("opened", 5);
  await get("/api/v1/products/kept/details");
  expect(await cleanUp(context, context.offers)).toEqual(NOTHING);

  await ask("DELETE", "/api/v1/products/deleted");
  await acme.stock.reserve({
    product: "held",
    reservation: "r1",
    units: 1,
    leaseMs: 60_000,
    rememberMs: 60_000,
  });
  await ask("DELETE", "/api/v1/products/held");
  await pool.query(`insert into ${schema}.sessions (session, customer, ends_at)
    values ('old', 'ann', now() - interval '1 hour'), ('new', 'ann', now() + interval '1 hour')`);
  await pool.query(`insert into ${schema}.customer_carts (customer, lines, changed_at)
    values ('ann', '{}', now() - interval '91 days'), ('bob', '{}', now())`);
  await redis.persist(`${namespace}:{acme:product:kept:details}:cache`);
  // Another tenant, whose name begins with the same letters.
  await redis.set(`${namespace}:{acme2:product:kept}:cache`, "foreign");

  const cleaned = await cleanUp(context, context.offers);
  // The price of a held product has no units that anybody waits for.
  expect(cleaned).toEqual({ ...NOTHING, sessions: 1, carts: 1, products: 2, cacheKeys: 1 });
  expect(describeCleaned(cleaned)).toBe(
    "0 offers, 0 requests, 1 sessions, 1 carts, stock of 2 deleted products, 1 cache keys without a TTL",
  );
  expect(await redis.exists(key("deleted", "stock"), key("deleted", "price:GBP"))).toBe(0);
  for (const name of ["stock", "price:GBP"]) expect(await redis.exists(key("kept", name))).toBe(1);
  expect(await redis.exists(key("held", "stock"), key("opened", "stock"))).toBe(2);
  expect(await redis.exists(`${namespace}:{acme2:product:kept}:cache`)).toBe(1);
  expect(await get("/api/v1/products/kept/details")).toMatchObject({ status: 200 });
  expect(await cleanUp(context, context.offers)).toEqual(NOTHING);

  await acme.stock.release({ product: "held", reservation: "r1", rememberMs: 60_000 });
  expect(await cleanUp(context, context.offers)).toEqual({ ...NOTHING, products: 1 });
  await redis.del(`${namespace}:{acme2:product:kept}:cache`);
});
