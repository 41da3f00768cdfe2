import type pg from "pg";
import type { Moonpath } from "../../../src/index.js";
import {
  createInvalidationRelay,
  type InvalidationRelay,
  type RelayOptions,
} from "../../../src/outbox/index.js";
import { afterTest } from "../cleanup.js";
import { eventually } from "../wait.js";

/** A relay that is stopped after the test. Its errors fail no test by themselves. */
export function startRelay(
  moonpath: Moonpath,
  pool: pg.Pool,
  options: Omit<RelayOptions, "pool"> = {},
): InvalidationRelay {
  const relay = createInvalidationRelay(moonpath, { pool, takeoverMs: 50, ...options });
  afterTest(async () => void (await relay.stop()));
  relay.start();
  return relay;
}

/** Waits until the relay has nothing to deliver. Dead letters do not count. */
export async function drained(relay: InvalidationRelay, limitMs = 15_000): Promise<void> {
  await eventually(
    "all rows are delivered",
    async () => {
      const { depth } = await relay.status();
      if (depth > 0) throw new Error(`${depth} are left`);
    },
    limitMs,
  );
}
