import { LostError } from "../../../src/index.js";
import { numberField, ownClient, report, taskOf, textField } from "../support/in-worker.js";

// Holds a lock and blocks its event loop repeatedly before its next write. It reports how often it
// would have written, by the lock's own check and by a signal that a timer aborts. It also reports
// which errors reached the caller.
const task = taskOf();
const [rounds, leaseMs, blockMs] = [
  numberField(task, "rounds"),
  numberField(task, "leaseMs"),
  numberField(task, "blockMs"),
];
const lock = textField(task, "lock");
const { redis, tenant } = ownClient(task);

class OwnError extends Error {}

let [written, writtenByTimer, blocked, ownErrors, losses, others] = [0, 0, 0, 0, 0, 0];

function isLost(throwIfLost: () => void): boolean {
  try {
    throwIfLost();
    return false;
  } catch {
    return true;
  }
}

/** During the block, no timer fires and no reply of Redis is read. */
function block(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs);
}

// An attempt that does not reach the block does not count. The number of attempts is limited.
for (let attempt = 0; blocked < rounds && attempt < 10 * rounds; attempt++) {
  const before = blocked;
  const work = tenant.lock.using(lock, { leaseMs, waitMs: 10_000 }, async ({ throwIfLost }) => {
    const timed = new AbortController();
    const timer = setTimeout(() => timed.abort(), leaseMs);
    try {
      // Long enough for renewals to have started.
      await tenant.stock.read({ product: "shoe", low: 0 });
      block();
      blocked++;
      if (!timed.signal.aborted) writtenByTimer++;
      if (!isLost(throwIfLost)) written++;
      if (blocked % 2 === 0) throw new OwnError("the work's own");
      throwIfLost();
    } finally {
      clearTimeout(timer);
    }
  });
  await work.catch((error: unknown) => {
    if (blocked === before) others++;
    else if (error instanceof OwnError) ownErrors++;
    else if (error instanceof LostError) losses++;
  });
}
report({ written, writtenByTimer, blocked, ownErrors, losses, others });
redis.disconnect();
process.exit(0);
