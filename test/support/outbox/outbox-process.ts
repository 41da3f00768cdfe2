// Started by test/outbox/killed.test.ts: a process that writes products or relays invalidations until it
// is killed. Arguments: the namespace, the database's name, the role, and for a writer the product.

import pg from "pg";
import { createMoonpath } from "../../../src/index.js";
import { createInvalidationOutbox, createInvalidationRelay } from "../../../src/outbox/index.js";
import { inTransaction } from "../../../src/postgres/index.js";
import { redisFromUrl } from "../../../src/testing/index.js";

const [namespace = "", database = "", role = "", product = ""] = process.argv.slice(2);
const url = new URL(process.env["MOONPATH_TEST_DATABASE_URL"] ?? "");
url.pathname = `/${database}`;
const pool = new pg.Pool({ connectionString: url.href, max: 2 });

function tell(what: string): void {
  process.stdout.write(`${JSON.stringify({ what })}\n`);
}

if (role === "relay") {
  const moonpath = createMoonpath(redisFromUrl(process.env["REDIS_URL"] ?? ""), { namespace });
  await moonpath.ready();
  createInvalidationRelay(moonpath, { pool, batch: 5 }).start();
  tell("started");
} else {
  const invalidations = createInvalidationOutbox({ namespace });
  await inTransaction(pool, async (tx) => {
    await tx.query("update products set version = version + 1 where product = $1", [product]);
    if (role === "writer") {
      const fields = [{ product }];
      await invalidations.enqueue(tx, { tenant: "acme", pattern: "product:<product>", fields });
    }
  });
  // It is killed before it could invalidate.
  tell("committed");
  setInterval(() => undefined, 1_000);
}
