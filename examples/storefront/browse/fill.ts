import { randomUUID } from "node:crypto";
import { Random } from "../random.js";
import { openStock } from "../shop/api/stocked-products.js";
import type { ShopContext } from "../shop/context.js";
import {
  type BrowsedProduct,
  categories,
  customerOf,
  customersOf,
  orderOf,
  ordersOf,
  productOf,
  productsOf,
  sessionOf,
} from "./world.js";

const HOUR_MS = 3_600_000;
/** Products or customers that are written at once. */
const AT_ONCE = 50;

/**
 * Writes the browsed shop: products with stock, offers for every tenth product, customers with sessions
 * and carts, and orders. It is an import past the caches, so all entries are invalidated at its end.
 */
export async function fillShop(shop: ShopContext, seed: number, count: number): Promise<void> {
  const products = productsOf(seed, count);
  await insertCategories(shop);
  await insertProducts(shop, products);
  await insertCustomers(shop, seed, count);
  for (let from = 0; from < products.length; from += AT_ONCE) {
    const some = products.slice(from, from + AT_ONCE);
    await Promise.all(some.map(({ product, units }) => openStock(shop, product, units)));
  }
  const random = new Random(seed);
  const withOffer = products.filter((_, index) => index % 10 === 0);
  for (const { product, priceMinor } of withOffer) {
    await shop.offers.make({
      offer: `browsed-${product}`,
      product,
      amountMinor: Math.floor(priceMinor * 0.8),
      endsInMs: random.between(HOUR_MS, 24 * HOUR_MS),
    });
  }
  await shop.acme.cache.invalidateAll();
  await startSessions(shop, seed, count);
}

async function insertCategories({ pool, schema }: ShopContext): Promise<void> {
  await pool.query(
    `insert into ${schema}.categories (category, parent, name)
     select * from unnest($1::text[], $2::text[], $3::text[])`,
    [
      categories.map(({ category }) => category),
      categories.map(({ parent }) => parent),
      categories.map(({ name }) => name),
    ],
  );
}

async function insertProducts(
  { pool, schema }: ShopContext,
  products: readonly BrowsedProduct[],
): Promise<void> {
  await pool.query(
    `insert into ${schema}.products
       (product, organisation, category, schema_id, name, description, price_minor)
     select product, organisation, category, schema, name, description, "priceMinor"
     from json_to_recordset($1) as given (product text, organisation text, category text, schema text,
       name text, description text, "priceMinor" integer)`,
    [JSON.stringify(products)],
  );
  await pool.query(
    `insert into ${schema}.product_fields (product, field, value)
     select product, key, value from json_to_recordset($1) as given (product text, fields json),
       json_each_text(fields)`,
    [JSON.stringify(products.map(({ product, fields }) => ({ product, fields })))],
  );
  await pool.query(
    `insert into ${schema}.product_images (product, position, url)
     select product, position, url from json_to_recordset($1) as given (product text, images json),
       json_array_elements_text(images) with ordinality as listed (url, position)`,
    [JSON.stringify(products.map(({ product, images }) => ({ product, images })))],
  );
}

async function insertCustomers({ pool, schema }: ShopContext, seed: number, count: number): Promise<void> {
  const random = new Random(seed + 1);
  const customers = Array.from({ length: customersOf(count) }, (_, index) => index);
  const names = customers.map(customerOf);
  await pool.query(
    `insert into ${schema}.users (customer, name) select customer, customer from unnest($1::text[]) as customer`,
    [names],
  );
  const orders = Array.from({ length: ordersOf(count) }, (_, index) => ({
    order: orderOf(index),
    customer: customerOf(index % customersOf(count)),
    product: productOf(random.between(0, count - 1)),
    price: random.between(100, 9_900),
    days: random.between(0, 29),
  }));
  await pool.query(
    `with given as (
       select * from json_to_recordset($1) as given ("order" text, customer text, product text, price integer, days integer)
     ), placed as (
       insert into ${schema}.orders (order_name, customer, state, placed_at)
       select "order", customer, 'sold', now() - make_interval(days => days) from given
     )
     insert into ${schema}.order_lines (order_name, line, product, units, price_minor)
     select "order", line, product, line, price from given, generate_series(1, 3) as line`,
    [JSON.stringify(orders)],
  );
}

/** Customers sign in and fill their carts in the shop, as they do in the half hour before any run. */
async function startSessions({ customers, books }: ShopContext, seed: number, count: number): Promise<void> {
  const random = new Random(seed + 2);
  const all = Array.from({ length: customersOf(count) }, (_, index) => ({
    session: sessionOf(index),
    customer: customerOf(index),
    product: productOf(random.between(0, count - 1)),
  }));
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const some = all.slice(from, from + AT_ONCE).map(async ({ session, customer, product }) => {
      await customers.sessions.write({ session }, async () => {
        const started = await books.customers.startSession(session, customer, HOUR_MS);
        if (started === undefined) throw new Error(`the session ${session} exists already`);
        const { leftMs: _, ...row } = started;
        return row;
      });
      await customers.carts.write({ customer }, () => books.customers.setCartLine(customer, product, 1));
    });
    await Promise.all(some);
  }
}

/** A name for one run, so that a second run of the same shop repeats no event. */
export function runName(): string {
  return randomUUID().slice(0, 8);
}
