import { setTimeout as pause } from "node:timers/promises";
import type { LimitResetArgs, LimitTakeArgs } from "../../../../src/index.js";
import type { Call } from "../../../history/call.js";
import type { RateLimitOperation } from "../../../history/models/rate-limit.js";
import { record } from "../../../history/record.js";
import type { HistoryClient } from "./clients.js";
import { below, happens, oneOf } from "./random.js";

/** The only limit of every name: one unit each 20 ms, and 10 at once. */
export const LIMIT = { quota: 50, periodMs: 1_000, burst: 10 };
const REMEMBER_MS = 600_000;

let operations = 0;

/** A caller takes units from the rate limit of a name, or is refused. */
export async function limitSession(
  client: HistoryClient,
  history: Call<RateLimitOperation>[],
  name: string,
): Promise<void> {
  const { scripts, options } = client;
  const take = (args: LimitTakeArgs) =>
    record(
      history,
      client,
      () => scripts.limit.take(args, options),
      (reply) => ({ name: "take" as const, args, reply }),
    );
  const reset = (args: LimitResetArgs) =>
    record(
      history,
      client,
      () => scripts.limit.reset(args, options),
      (reply) => ({ name: "reset" as const, args, reply }),
    );

  const named = () => ({ name, operation: `operation-${++operations}`, rememberMs: REMEMBER_MS });
  // A peek may see what no replica has, and a failover may lose it.
  if (happens(0.2) && options.minReplicas === undefined) {
    const args = { name, limits: [LIMIT], cost: oneOf(1, 3) };
    await record(
      history,
      client,
      () => scripts.limit.peek(args),
      (reply) => ({ name: "peek" as const, args, reply }),
    );
    return;
  }
  if (happens(0.05)) {
    const args = named();
    await reset(args);
    if (happens(0.3)) await reset(args);
    // An operation is one of take or one of reset.
    if (happens(0.1)) await take({ ...args, limits: [LIMIT], cost: 1 });
    return;
  }
  const asking = { ...named(), limits: [LIMIT], cost: oneOf(1, 1, 2, 3) };
  const reply = await take(asking);
  // A caller without a reply asks again, and so does one that is careful.
  if (reply === undefined || happens(0.3)) await take(asking);
  if (happens(0.1)) await take({ ...asking, cost: oneOf(4, LIMIT.burst + 1) });
  if (reply?.outcome === "refused" && happens(0.3)) await pause(Math.min(reply.retryAfterMs, 100));
  await pause(below(20));
  // A late copy of the first call.
  if (happens(0.2)) await take(asking);
}
