import { setTimeout as pause } from "node:timers/promises";
import type { LimitEnterArgs, LimitLeaveArgs, LimitRenewArgs } from "../../../../src/index.js";
import type { Call } from "../../../history/call.js";
import type { PermitOperation } from "../../../history/models/permits.js";
import { record } from "../../../history/record.js";
import type { HistoryClient } from "./clients.js";
import { below, happens, oneOf } from "./random.js";

/** How many owners may have a permit of a name at the same time. */
const MAX_PERMITS = 3;

let owners = 0;

/** An owner enters, holds its permit for a while or beyond its lease, and leaves. */
export async function permitSession(
  client: HistoryClient,
  history: Call<PermitOperation>[],
  name: string,
): Promise<void> {
  const { scripts, options } = client;
  const enter = (args: LimitEnterArgs) =>
    record(
      history,
      client,
      () => scripts.limit.enter(args, options),
      (reply) => ({ name: "enter" as const, args, reply }),
    );
  const renew = (args: LimitRenewArgs) =>
    record(
      history,
      client,
      () => scripts.limit.renew(args, options),
      (reply) => ({ name: "renew" as const, args, reply }),
    );
  const leave = (args: LimitLeaveArgs) =>
    record(
      history,
      client,
      () => scripts.limit.leave(args, options),
      (reply) => ({ name: "leave" as const, args, reply }),
    );

  const asked = () => ({ name, owner: `owner-${++owners}`, maxPermits: MAX_PERMITS });
  // An owner that enters and does not go on.
  if (happens(0.4)) await enter({ ...asked(), leaseMs: oneOf(40, 120, 400) });
  const leaseMs = oneOf(40, 120, 400);
  const waits = happens(0.3);
  const asking = { ...asked(), leaseMs, ...(waits ? { waits } : {}) };
  const { owner } = asking;
  // A caller that gives up before its call arrives.
  if (happens(0.05)) await leave({ name, owner });
  let reply = await enter(asking);
  if (reply?.outcome === "full" && waits) {
    await pause(below(100));
    reply = await enter(asking);
  }
  if (reply?.outcome !== "entered") {
    if (happens(0.5)) await leave({ name, owner });
    // A late copy of the first call.
    if (happens(0.2)) await enter(asking);
    return;
  }
  const { fence } = reply;
  let { leaseEndsMs } = reply;
  await pause(below(1.3 * leaseMs));
  for (let renewal = below(3); renewal > 0; renewal--) {
    const renewed = await renew({ name, owner, fence, leaseEndsMs, leaseMs });
    // Some callers do not notice the new end.
    if (renewed?.outcome === "renewed" && happens(0.7)) leaseEndsMs = renewed.leaseEndsMs;
    await pause(below(leaseMs));
  }
  if (happens(0.2)) await enter(asking);
  if (happens(0.1)) await leave({ name, owner: `${owner}-other`, fence });
  if (happens(0.1)) await leave({ name, owner, fence: fence - 1 });
  if (happens(0.8)) await leave({ name, owner, ...(happens(0.8) ? { fence } : {}) });
  if (happens(0.2)) await leave({ name, owner, fence });
  // A late copy of the first call.
  if (happens(0.2)) await enter(asking);
}
