import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { drizzle as drizzleOverPostgresJs } from "drizzle-orm/postgres-js";
import knexOf from "knex";
import * as kysely from "kysely";
import * as kysely28 from "kysely-28";
import pg from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createInvalidationOutbox, type OutboxTransaction } from "../../src/outbox/index.js";
import { createTables, inTransaction } from "../../src/postgres/index.js";
import { prismaClient } from "../support/outbox/prisma.js";
import { freshDatabase } from "../support/postgres.js";

const databaseUrl = await freshDatabase();
const pool = new pg.Pool({ connectionString: databaseUrl, max: 3 });
const postgresJs = postgres(databaseUrl, { max: 2, onnotice: () => undefined });
const drizzleDb = drizzle(pool);
const otherDrizzle = drizzleOverPostgresJs(postgresJs);
const prisma = prismaClient(databaseUrl);
const kyselyPool = () => new pg.Pool({ connectionString: databaseUrl, max: 2 });
const kyselyDb = new kysely.Kysely<unknown>({
  dialect: new kysely.PostgresDialect({ pool: kyselyPool() }),
});
const kysely28Db = new kysely28.Kysely<unknown>({
  dialect: new kysely28.PostgresDialect({ pool: kyselyPool() }),
  plugins: [new kysely28.CamelCasePlugin()],
});
const knex = knexOf({ client: "pg", connection: databaseUrl, pool: { min: 0, max: 2 } });

beforeAll(async () => {
  await createTables(pool);
  await pool.query("create table products (name text not null)");
});
afterAll(async () => {
  await Promise.all([
    kyselyDb.destroy(),
    kysely28Db.destroy(),
    knex.destroy(),
    prisma.$disconnect(),
    postgresJs.end(),
  ]);
  await pool.end();
});

const invalidations = createInvalidationOutbox({ namespace: "shop" });

/** A transaction of a library: it writes a row, calls `enqueue`, and then throws or commits. */
type InTransaction = (name: string, enqueue: (tx: OutboxTransaction) => Promise<void>) => Promise<unknown>;

const libraries: Readonly<Record<string, InTransaction>> = {
  pg: (name, enqueue) =>
    inTransaction(pool, async (tx) => {
      await tx.query("insert into products (name) values ($1)", [name]);
      await enqueue(tx);
    }),
  "postgres.js": (name, enqueue) =>
    postgresJs.begin(async (tx) => {
      await tx`insert into products (name) values (${name})`;
      await enqueue(tx);
    }),
  "Drizzle over pg": (name, enqueue) =>
    drizzleDb.transaction(async (tx) => {
      await tx.execute(sql`insert into products (name) values (${name})`);
      await enqueue(tx);
    }),
  "Drizzle over postgres.js": (name, enqueue) =>
    otherDrizzle.transaction(async (tx) => {
      await tx.execute(sql`insert into products (name) values (${name})`);
      await enqueue(tx);
    }),
  Prisma: (name, enqueue) =>
    prisma.$transaction(async (tx) => {
      await tx.$executeRawUnsafe("insert into products (name) values ($1)", name);
      await enqueue(tx);
    }),
  "Kysely 0.27": (name, enqueue) =>
    kyselyDb.transaction().execute(async (tx) => {
      await kysely.sql`insert into products (name) values (${name})`.execute(tx);
      await enqueue(tx);
    }),
  "Kysely 0.28": (name, enqueue) =>
    kysely28Db.transaction().execute(async (tx) => {
      await kysely28.sql`insert into products (name) values (${name})`.execute(tx);
      await enqueue(tx);
    }),
  Knex: (name, enqueue) =>
    knex.transaction(async (tx) => {
      await tx("products").insert({ name });
      await enqueue(tx);
    }),
};

async function namesIn(table: "products" | "moonpath_invalidations", name: string): Promise<unknown[]> {
  const { rows } = await pool.query(`select * from ${table} where name = $1`, [name]);
  return rows;
}

describe.each(Object.entries(libraries))("a transaction of %s", (library, transaction) => {
  const tag = `${library.replaceAll(" ", "-")}:'?$1\\"ü`;

  test("that commits has written its change and its invalidations, in the same transaction", async () => {
    await transaction(tag, async (tx) => {
      await invalidations.enqueue(tx, { tenant: "acme", tags: [tag, "second"] });
      // Nobody else sees it yet.
      expect(await namesIn("moonpath_invalidations", tag)).toEqual([]);
    });
    expect(await namesIn("products", tag)).toHaveLength(1);
    expect(await namesIn("moonpath_invalidations", tag)).toEqual([
      expect.objectContaining({
        namespace: "shop",
        tenant: "acme",
        kind: "tag",
        is_soft: false,
        settle_ms: null,
      }),
    ]);
  });

  test("that rolls back has written neither", async () => {
    const name = `no-${tag}`;
    const failed = transaction(name, async (tx) => {
      await invalidations.enqueue(tx, { tenant: "acme", tags: [name] });
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
    expect(await namesIn("products", name)).toEqual([]);
    expect(await namesIn("moonpath_invalidations", name)).toEqual([]);
  });
});

describe("what is no transaction is refused, and nothing is written:", () => {
  test.each<[string, unknown]>([
    ["a pool of pg", pool],
    ["the client of postgres.js", postgresJs],
    ["the database of Drizzle", drizzleDb],
    ["the client of Prisma", prisma],
    ["the database of Kysely", kyselyDb],
    ["the client of Knex", knex],
    ["an object of no library", {}],
    ["nothing", undefined],
  ])("%s", async (_, tx) => {
    const refused = Reflect.apply(invalidations.enqueue, undefined, [
      tx,
      { tenant: "acme", tags: ["refused"] },
    ]);
    await expect(refused).rejects.toMatchObject({ code: "ARGUMENT", argument: "tx" });
    expect(await namesIn("moonpath_invalidations", "refused")).toEqual([]);
  });
});
