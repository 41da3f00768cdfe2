import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { createTables, inTransaction, recordOnce } from "../../src/postgres/index.js";
import { freshKey, namespace, post, redis, required, server } from "../support/http.js";
import { freshDatabase } from "../support/postgres.js";

const databaseUrl = await freshDatabase();
const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
pool.on("error", () => undefined);
await createTables(pool);
await pool.query("create table orders (name text not null, fence bigint not null)");
afterAll(async () => {
  await pool.end();
});

test("request.idempotency names the run, so that PostgreSQL has one effect of two runs", async () => {
  const names: string[] = [];
  const fences: number[] = [];
  const app = await server((routes) => {
    routes.post("/orders", required, async ({ idempotency }, reply) => {
      if (!idempotency) throw new Error("no run");
      const { request, fence, signal } = idempotency;
      names.push(request);
      fences.push(fence);
      const order = await inTransaction(pool, (tx) =>
        recordOnce(tx, { tenant: "acme", request, fence }, async () => {
          signal.throwIfAborted();
          await tx.query("insert into orders (name, fence) values ($1, $2)", [request, fence]);
          return { by: fence };
        }),
      );
      return reply.code(201).send(order);
    });
  });
  const key = freshKey();
  const first = await post(app, key);
  const [name = ""] = names;
  // As if Redis had lost what it was told: the handler runs again.
  await redis.del(await redis.keys(`*${namespace}*${name}*`));
  const second = await post(app, key);
  expect([names, second.headers["idempotency-replayed"]]).toEqual([[name, name], undefined]);
  expect([first.statusCode, second.statusCode, second.body]).toEqual([201, 201, first.body]);
  const { rows } = await pool.query("select name, fence from orders");
  expect(rows).toEqual([{ name, fence: String(fences[0]) }]);
});
