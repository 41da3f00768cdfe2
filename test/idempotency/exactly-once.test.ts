import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { createMoonpath } from "../../src/index.js";
import { createTables } from "../../src/postgres/index.js";
import { runChild } from "../support/child.js";
import { place } from "../support/idempotency/order.js";
import { freshDatabase } from "../support/postgres.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";

const databaseUrl = await freshDatabase();
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
pool.on("error", () => undefined);
await createTables(pool);
await pool.query("create table placed (request text not null, by text not null)");
afterAll(async () => {
  await pool.end();
});

const namespace = freshNamespace();
const acme = createMoonpath(sharedRedis(), { namespace, deadlineMs: 10_000 }).tenant("acme");
const rowOf = (request: string) => `${namespace}-${request}`;

/** The same request as the child's, with an effect of its own, waiting for the child's lease. */
function order(request: string, by: string, recorded = true) {
  return acme.idempotency.run(
    request,
    "order",
    ({ fence }) => place(pool, { request: rowOf(request), fence, by }, recorded),
    { waitMs: 15_000 },
  );
}

async function placed(request: string): Promise<string[]> {
  const { rows } = await pool.query<{ by: string }>("select by from placed where request = $1", [
    rowOf(request),
  ]);
  return rows.map(({ by }) => by);
}

const child = (request: string, ...args: readonly string[]) =>
  runChild("idempotency/runner.ts", namespace, databaseUrl, request, ...args);

test("each of 40 requests has one effect and one reply, though each is sent five times at once", async () => {
  const requests = Array.from({ length: 40 }, (_, position) => `at-once-${position}`);
  await Promise.all(
    requests.map(async (request) => {
      const replies = await Promise.all(["a", "b", "c", "d", "e"].map((by) => order(request, by)));
      const [by, ...others] = await placed(request);
      expect(others).toEqual([]);
      expect(replies).toEqual(replies.map(() => ({ by })));
    }),
  );
});

describe("a process that is killed between commit and reply", () => {
  test.each([
    ["recorded", { reply: "child", effects: ["child"] }],
    // The control: what happens without the request's name in the transaction.
    ["plain", { reply: "parent", effects: ["child", "parent"] }],
  ])(
    "has one effect, or two without the request in its transaction (%s)",
    { timeout: 60_000 },
    async (how, expected) => {
      const request = `killed-${how}`;
      const runner = await child(request, "stops-after-commit", how);
      await runner.line(({ what }) => what === "placed by child");
      await runner.kill("SIGKILL");
      const { by } = await order(request, "parent", how === "recorded");
      expect({ reply: by, effects: (await placed(request)).sort() }).toEqual(expected);
    },
  );
});

test("a runner that is suspended, overtaken and resumed has no effect, and reports LOST", {
  timeout: 60_000,
}, async () => {
  const runner = await child("overtaken", "stops-before", "recorded");
  await runner.line(({ what }) => what === "started");
  process.kill(runner.pid, "SIGSTOP");
  expect(await order("overtaken", "parent")).toEqual({ by: "parent" });
  process.kill(runner.pid, "SIGCONT");
  // It finds the other's row in its transaction, and then that it was overtaken.
  await runner.line(({ what }) => what === "placed by parent");
  await runner.line(({ what }) => what === "LOST");
  expect(await placed("overtaken")).toEqual(["parent"]);
});
