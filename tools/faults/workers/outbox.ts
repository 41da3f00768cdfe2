import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { createInvalidationOutbox } from "../../../src/outbox/index.js";
import { resolveRelayOptions } from "../../../src/outbox/options.js";
import { Relay } from "../../../src/outbox/relay.js";
import { inTransaction } from "../../../src/postgres/index.js";
import { ENTRY, ROWS, VERSION, versionsCache } from "../support/cache/outbox.js";
import { numberField, ownClient, taskOf, textField } from "../support/in-worker.js";

// With the role `writer`, it changes rows with their invalidations until it kills itself at the given
// step of its n-th transaction. A `plain writer` invalidates after the commit, without the outbox. With
// `relay`, it delivers until nothing is left, or until it kills itself.
const task = taskOf();
const [role, step, at] = [textField(task, "role"), textField(task, "step"), numberField(task, "at")];
const table = textField(task, "table");
const { redis, moonpath } = ownClient(task);
const pool = new pg.Pool({ connectionString: textField(task, "database"), max: 4 });
pool.on("error", () => {});

/** A relay that delivers nothing for so long ends, and another one is started. */
const WAIT_MS = 60_000;

let reached = 0;
async function reach(name: string): Promise<void> {
  if (name !== step || reached++ < at) return;
  process.kill(process.pid, "SIGKILL");
  // After the signal, nothing of this process runs except the operation in progress.
  await new Promise(() => {});
}

async function write(): Promise<void> {
  const outbox = createInvalidationOutbox(moonpath);
  const entries = versionsCache(moonpath, pool, table).tenant("shop");
  for (let left = numberField(task, "count"); left > 0; left--) {
    const row = Math.floor(Math.random() * ROWS);
    await inTransaction(pool, async (tx) => {
      const { rows } = await tx.query<{ version: number }>(
        `update ${table} set version = version + 1 where row = $1 returning version`,
        [row],
      );
      if (role === "writer") {
        const version = rows[0]?.version ?? Number.NaN;
        await outbox.enqueue(tx, { tenant: "shop", pattern: ENTRY, fields: [{ row }] });
        await outbox.enqueue(tx, { tenant: "shop", pattern: VERSION, fields: [{ row, version }] });
      }
      await reach("before commit");
    });
    await reach("after commit");
    if (role !== "writer") await entries.invalidate({ row });
  }
}

async function relay(): Promise<void> {
  const options = resolveRelayOptions({ pool, batch: 20, takeoverMs: 50, pollMs: 100 });
  const relay = new Relay(moonpath.namespace, options, async ({ tenant, ...target }) => {
    await reach("before delivery");
    const noted = redis.rpush(textField(task, "deliveries"), target.name);
    await moonpath.tenant(tenant).cache.deliver(target);
    await noted;
    await reach("after delivery");
  });
  relay.start();
  // One that is to be killed waits for further rows.
  while (performance.now() < WAIT_MS && (step !== "never" || (await relay.status()).depth > 0))
    await pause(20);
  await relay.stop();
}

await (role === "relay" ? relay() : write());
await pool.end();
moonpath.close();
redis.disconnect();
