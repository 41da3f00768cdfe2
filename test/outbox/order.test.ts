import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { resolveRelayOptions } from "../../src/outbox/options.js";
import { Relay } from "../../src/outbox/relay.js";
import { openMoonpath } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { drained } from "../support/outbox/kit.js";
import { DeliveryLog, runWriters } from "../support/outbox/writers.js";
import { freshDatabase } from "../support/postgres.js";

const databaseUrl = await freshDatabase();
const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
afterAll(() => pool.end());

/** `OUTBOX_ROWS=1000000` is the full size. */
const ROWS = Number(process.env["OUTBOX_ROWS"] ?? 10_000);
const LIMIT_MS = 60_000 + ROWS * 2;

test(`${ROWS} rows by 64 writers: none is skipped, and each key keeps its order`, {
  timeout: LIMIT_MS,
}, async () => {
  const moonpath = await openMoonpath();
  const { namespace } = moonpath;
  const log = new DeliveryLog();
  const relay = new Relay(namespace, resolveRelayOptions({ pool }), async ({ tenant, ...target }) => {
    log.note(target.name);
    await moonpath.tenant(tenant).cache.deliver(target);
  });
  afterTest(async () => void (await relay.stop()));
  relay.start();
  const startedAt = performance.now();
  let reported = 0;
  const written = await runWriters({
    databaseUrl,
    namespace,
    rows: ROWS,
    writers: 64,
    keys: 10_000,
    onProgress(rows) {
      if (ROWS < 100_000 || rows < reported + 50_000) return;
      reported = rows;
      console.log(
        `${rows} rows after ${Math.round((performance.now() - startedAt) / 1_000)} s, ${log.count} delivered`,
      );
    },
  });
  const writtenMs = performance.now() - startedAt;
  await drained(relay, LIMIT_MS);
  const totalMs = performance.now() - startedAt;
  console.log({ ...written, versions: undefined, writtenMs, totalMs, ...log });
  expect(written.rows).toBeGreaterThanOrEqual(ROWS);
  expect(written.rolledBack).toBeGreaterThan(0);
  expect({ missing: log.missing(written.versions), outOfOrder: log.outOfOrder }).toEqual({
    missing: 0,
    outOfOrder: 0,
  });
  // Nobody took over, so nothing was delivered twice.
  expect({ count: log.count, repeated: log.repeated }).toEqual({ count: written.rows, repeated: 0 });
});
