import { setTimeout as pause } from "node:timers/promises";
import type {
  IdempotencyBeginArgs,
  IdempotencyCompleteArgs,
  IdempotencyFailArgs,
} from "../../../../src/index.js";
import type { Call } from "../../../history/call.js";
import type { RequestOperation } from "../../../history/models/idempotency.js";
import { record } from "../../../history/record.js";
import type { HistoryClient } from "./clients.js";
import { below, happens, oneOf } from "./random.js";

const REMEMBER_MS = 600_000;
/** Low, because a request that is done stays done. */
const COMPLETES = 0.05;

let owners = 0;

/** One owner begins a request, runs it for a while or beyond its lease, and ends it. */
export async function requestSession(
  client: HistoryClient,
  history: Call<RequestOperation>[],
  request: string,
): Promise<void> {
  const { scripts, options } = client;
  const begin = (args: IdempotencyBeginArgs) =>
    record(
      history,
      client,
      () => scripts.idempotency.begin(args, options),
      (reply) => ({ name: "begin" as const, args, reply }),
    );
  const complete = (args: IdempotencyCompleteArgs) =>
    record(
      history,
      client,
      () => scripts.idempotency.complete(args, options),
      (reply) => ({ name: "complete" as const, args, reply }),
    );
  const fail = (args: IdempotencyFailArgs) =>
    record(
      history,
      client,
      () => scripts.idempotency.fail(args, options),
      (reply) => ({ name: "fail" as const, args, reply }),
    );

  const owner = `runner-${++owners}`;
  const leaseMs = oneOf(40, 120, 400);
  const payloadHash = happens(0.9) ? "a" : "b";
  const asking = { request, owner, payloadHash, leaseMs, ...(happens(0.3) ? { waits: true } : {}) };
  let reply = await begin(asking);
  if (reply?.outcome === "busy" && asking.waits) {
    await pause(below(100));
    reply = await begin(asking);
  }
  if (reply?.outcome !== "run") {
    if (happens(0.5)) await fail({ request, owner });
    return;
  }
  const { fence } = reply;
  await pause(below(1.3 * leaseMs));
  if (happens(0.2)) await begin(asking);
  if (happens(COMPLETES)) await complete({ request, owner, fence, reply: owner, rememberMs: REMEMBER_MS });
  if (happens(0.8)) await fail({ request, owner, fence });
  // A late copy of the first call.
  if (happens(0.3)) await begin(asking);
}
