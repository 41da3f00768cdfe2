import { setTimeout as pause } from "node:timers/promises";
import type { LockAcquireArgs, LockReleaseArgs, LockRenewArgs } from "../../../../src/index.js";
import type { Call } from "../../../history/call.js";
import type { LockOperation } from "../../../history/models/lock.js";
import { record } from "../../../history/record.js";
import type { HistoryClient } from "./clients.js";
import { below, happens, oneOf } from "./random.js";

let owners = 0;

/** One owner acquires a lock, holds it for a while or beyond its lease, and lets go. */
export async function lockSession(
  client: HistoryClient,
  history: Call<LockOperation>[],
  lock: string,
): Promise<void> {
  const { scripts, options } = client;
  const acquire = (args: LockAcquireArgs) =>
    record(
      history,
      client,
      () => scripts.lock.acquire(args, options),
      (reply) => ({ name: "acquire" as const, args, reply }),
    );
  const renew = (args: LockRenewArgs) =>
    record(
      history,
      client,
      () => scripts.lock.renew(args, options),
      (reply) => ({ name: "renew" as const, args, reply }),
    );
  const release = (args: LockReleaseArgs) =>
    record(
      history,
      client,
      () => scripts.lock.release(args, options),
      (reply) => ({ name: "release" as const, args, reply }),
    );

  const owner = `owner-${++owners}`;
  const leaseMs = oneOf(40, 120, 400);
  const waits = happens(0.3);
  const asking = { lock, owner, leaseMs, ...(waits ? { waits } : {}) };
  let reply = await acquire(asking);
  if (reply?.outcome === "busy" && waits) {
    await pause(below(100));
    reply = await acquire(asking);
  }
  if (reply?.outcome !== "acquired") {
    if (happens(0.5)) await release({ lock, owner });
    return;
  }
  const { fence } = reply;
  let { leaseEndsMs } = reply;
  await pause(below(1.3 * leaseMs));
  for (let renewal = below(3); renewal > 0; renewal--) {
    const renewed = await renew({ lock, owner, fence, leaseEndsMs, leaseMs });
    // Some callers do not notice the new end.
    if (renewed?.outcome === "renewed" && happens(0.7)) leaseEndsMs = renewed.leaseEndsMs;
    await pause(below(leaseMs));
  }
  if (happens(0.2)) await acquire(asking);
  if (happens(0.2)) await release({ lock, owner: `${owner}-other`, fence });
  if (happens(0.8)) await release({ lock, owner, fence });
  if (happens(0.2)) await release({ lock, owner, fence });
  // A late copy of the first call.
  if (happens(0.2)) await acquire(asking);
}
