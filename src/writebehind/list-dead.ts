import type { types } from "../../generated/ts/index.js";
import type { WritebehindOperations } from "../../generated/ts/writebehind.scripts.js";
import type { CallOptions } from "../client/index.js";

/** The most dead writes of a shard that are listed, and the most that one call of the script lists. */
const MAX_LISTED = 100;

/** Lists dead writes of a shard. A page may end early because of its bytes, so an empty one is the end. */
export async function listDead(
  scripts: WritebehindOperations,
  place: { readonly queue: string; readonly queueShard: string },
  options: CallOptions | undefined,
): Promise<types.DeadWrite[]> {
  const found = new Map<number, types.DeadWrite>();
  const endsAt = performance.now() + (options?.deadlineMs ?? Number.POSITIVE_INFINITY);
  let after = {};
  for (let pages = 0; pages < MAX_LISTED && found.size < MAX_LISTED; pages++) {
    const limit = MAX_LISTED - found.size;
    // All pages together have the deadline of the call.
    const leftMs = Math.max(1, Math.floor(endsAt - performance.now()));
    const limited = options?.deadlineMs === undefined ? options : { ...options, deadlineMs: leftMs };
    const { writes } = await scripts.listDead({ ...place, limit, ...after }, limited);
    const last = writes.at(-1);
    if (!last) break;
    // A page may repeat writes if others were resolved meanwhile.
    for (const write of writes) found.set(write.sequence, write);
    after = { afterMs: last.deadSinceMs, afterKey: last.key, afterSequence: last.sequence };
  }
  return [...found.values()];
}
