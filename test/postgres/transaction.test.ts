import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { ArgumentError } from "../../src/index.js";
import { inTransaction } from "../../src/postgres/index.js";
import { freshDatabase } from "../support/postgres.js";
import { within } from "../support/wait.js";

const databaseUrl = await freshDatabase();
const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
pool.on("error", () => undefined);
await pool.query("create table written (value text not null)");
afterAll(async () => {
  await pool.end();
});

const write = (tx: pg.PoolClient, value: string) =>
  tx.query("insert into written (value) values ($1)", [value]);
const has = async (value: string) =>
  (await pool.query("select 1 from written where value = $1", [value])).rows.length === 1;
const allFree = () => pool.idleCount === pool.totalCount;

test("inTransaction commits on success, rolls back on an error, and frees the connection", async () => {
  expect(await inTransaction(pool, async (tx) => (await write(tx, "well")).rowCount)).toBe(1);
  const failed = inTransaction(pool, async (tx) => {
    await write(tx, "failed");
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  expect([await has("well"), await has("failed"), allFree()]).toEqual([true, false, true]);
});

test("a slow statement ends in time, and its connection is used again", async () => {
  const slow = inTransaction(pool, (tx) => tx.query("select pg_sleep(60)"), { limitMs: 50 });
  await expect(slow).rejects.toThrow(/statement timeout/);
  expect(allFree()).toBe(true);
  const { rows } = await pool.query("show statement_timeout");
  expect(rows).toEqual([{ statement_timeout: "0" }]);
});

test("a wait for another transaction's row ends in time", async () => {
  await inTransaction(pool, (tx) => write(tx, "contested"));
  await inTransaction(pool, async (tx) => {
    await tx.query("update written set value = value where value = 'contested'");
    const second = inTransaction(
      pool,
      (other) => other.query("delete from written where value = 'contested'"),
      { limitMs: 50 },
    );
    await expect(second).rejects.toThrow(/statement timeout/);
  });
  expect(await has("contested")).toBe(true);
});

test("the server ends an idle transaction, and the process keeps running", async () => {
  const still = inTransaction(
    pool,
    async (tx) => {
      await write(tx, "still");
      await within("the server ends the connection", new Promise((resolve) => tx.once("end", resolve)));
      await write(tx, "late");
    },
    { limitMs: 100 },
  );
  await expect(still).rejects.toThrow();
  expect([await has("still"), await has("late"), allFree()]).toEqual([false, false, true]);
});

test("the pool removes a connection that is cut", async () => {
  const cut = inTransaction(pool, async (tx) => {
    await write(tx, "cut");
    const { rows } = await tx.query<{ pid: number }>("select pg_backend_pid() as pid");
    await pool.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
    await write(tx, "after");
  });
  await expect(cut).rejects.toThrow();
  expect([await has("cut"), allFree()]).toEqual([false, true]);
});

test("inTransaction fails if the caller has ignored a statement's error", async () => {
  const unheeded = inTransaction(pool, async (tx) => {
    await write(tx, "unheeded");
    await tx.query("select 1 / 0").catch(() => {});
    return "fine";
  });
  await expect(unheeded).rejects.toThrow(/rolled the transaction back/);
  expect(await has("unheeded")).toBe(false);
});

test.each([0, -1, 0.5, Number.NaN])("inTransaction refuses a limit of %s", async (limitMs) => {
  const refused = inTransaction(pool, async () => "no", { limitMs });
  await expect(refused).rejects.toBeInstanceOf(ArgumentError);
});
