import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { Recorder } from "../../examples/storefront/books/record.js";
import { createSchema, dropSchema } from "../../examples/storefront/books/schema.js";
import { listProducts, sumProducts, sumTotals } from "../../examples/storefront/books/sums.js";
import { ViewLedger } from "../../examples/storefront/books/views.js";
import type { BookedEvent } from "../../examples/storefront/events.js";
import { freshDatabase } from "../support/postgres.js";

const databaseUrl = await freshDatabase();
const pool = new pg.Pool({ connectionString: databaseUrl });
// `end` does not wait until the connections have ended, and dropping the database ends them.
pool.on("error", () => undefined);
let schemas = 0;
afterAll(async () => {
  await pool.end();
});

/** Books of the test's own. */
async function openBooks() {
  schemas += 1;
  const schema = `books_${process.pid}_${schemas}`;
  await createSchema(pool, schema);
  return { schema, recorder: new Recorder(pool, schema) };
}

const product = "85123A";
const opening: BookedEvent = {
  kind: "opening",
  event: "o",
  product,
  warehouse: "north",
  quantity: 10,
  sequence: 1,
};
const sale: BookedEvent = { kind: "sale", event: "s", product, units: 4 };
const price = (sequence: number, amountMinor: number): BookedEvent => ({
  kind: "price",
  event: `p${sequence}`,
  product,
  amountMinor,
  sequence,
});

test("the books have one row of an event whose deliveries come together or apart", async () => {
  const { schema, recorder } = await openBooks();
  const fresh = { event: sale, refused: false, fresh: true };
  await Promise.all([recorder.record(fresh), recorder.record({ ...fresh, fresh: false })]);
  await recorder.record({ ...fresh, fresh: false });
  expect(await sumTotals(pool, schema)).toMatchObject({
    sales: 1,
    duplicatesDelivered: 2,
    duplicatesIgnored: 2,
  });
});

test("a repeated delivery that is recorded as new does not count as ignored", async () => {
  const { schema, recorder } = await openBooks();
  await recorder.record({ event: sale, refused: false, fresh: true });
  await recorder.record({ event: sale, refused: false, fresh: true });
  expect(await sumTotals(pool, schema)).toMatchObject({ duplicatesDelivered: 1, duplicatesIgnored: 0 });
});

test("a repeat without a first record is no ignored duplicate", async () => {
  const { schema, recorder } = await openBooks();
  await recorder.record({ event: sale, refused: false, fresh: false });
  expect(await sumTotals(pool, schema)).toMatchObject({
    sales: 1,
    duplicatesDelivered: 0,
    duplicatesIgnored: 0,
  });
});

test("sumProducts adds up each product, and takes the price with the highest sequence", async () => {
  const { schema, recorder } = await openBooks();
  const events = [opening, sale, price(9, 300), price(3, 255)];
  await Promise.all(events.map((event) => recorder.record({ event, refused: false, fresh: true })));
  await recorder.record({
    event: { kind: "sale", event: "s2", product, units: 40 },
    refused: true,
    fresh: true,
  });
  await recorder.record({
    event: { kind: "return", event: "r", product, units: 3 },
    refused: false,
    fresh: true,
  });
  expect(await sumProducts(pool, schema)).toEqual([
    { product, opening: 10, sold: 4, returned: 3, refused: 40, lastPrice: 300, viewsInDatabase: 0 },
  ]);
  expect(await listProducts(pool, schema, "", 10)).toEqual([product]);
  expect(await listProducts(pool, schema, product, 10)).toEqual([]);
});

test("the recorder answers after it has written all of thousands of simultaneous events", async () => {
  const { schema, recorder } = await openBooks();
  const prices = Array.from({ length: 2_500 }, (_, n) => price(n, n));
  await Promise.all(prices.map((event) => recorder.record({ event, refused: false, fresh: true })));
  expect(await sumTotals(pool, schema)).toMatchObject({ priceEvents: 2_500 });
});

test("an event that cannot be written fails, and later events are written", async () => {
  const { schema, recorder } = await openBooks();
  await pool.query(`alter table ${schema}.events rename to gone`);
  const entry = { event: sale, refused: false, fresh: true };
  await expect(recorder.record(entry)).rejects.toMatchObject({
    name: "BooksError",
    cause: { message: expect.stringMatching(/does not exist/) },
  });
  await pool.query(`alter table ${schema}.gone rename to events`);
  await recorder.record(entry);
  expect(await sumTotals(pool, schema)).toMatchObject({ sales: 1 });
});

test("a batch of views that is applied again counts once", async () => {
  const { schema } = await openBooks();
  const ledger = new ViewLedger(pool, schema);
  const batch = { tenant: "acme", shard: "3", batch: 7, previous: undefined, views: [{ product, count: 5 }] };
  expect(await ledger.apply(batch)).toBe("applied");
  expect(await ledger.apply(batch)).toBe("repeated");
  const next = { ...batch, batch: 8, previous: 7 };
  await Promise.all([ledger.apply(next), ledger.apply(next)]);
  // Each of the two: the product's views, and which batch was the last.
  expect(ledger).toMatchObject({ statements: 4, rows: 4 });
  expect(await sumTotals(pool, schema)).toMatchObject({ viewsInDatabase: 10 });
});

test("dropSchema removes a schema with its tables, and createSchema checks the name", async () => {
  const { schema } = await openBooks();
  await dropSchema(pool, schema);
  await expect(sumTotals(pool, schema)).rejects.toThrow(/does not exist/);
  await expect(createSchema(pool, 'x"; drop table y')).rejects.toThrow(
    "a schema name is 1 to 40 of a-z, 0-9 and _",
  );
});
