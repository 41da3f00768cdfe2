import { ReplyLostError } from "../call/failure.js";
import type { ScriptSet } from "../script/script-set.js";
import type { CommandQueue } from "./redis.js";

/**
 * Removes this client's commands from the queue of a closed connection, and rejects them. Otherwise
 * ioredis would send them again after a reconnect.
 */
export function rejectPending(queue: CommandQueue, scripts: ScriptSet): void {
  const transactions = ownTransactions(queue, scripts);
  for (let index = 0; index < queue.length; ) {
    const item = queue.peekAt(index);
    if (item && (item.stream ? transactions.has(item.stream) : scripts.owns(item))) {
      queue.removeOne(index);
      item.command.reject(new ReplyLostError("the connection was lost"));
    } else index++;
  }
}

/**
 * The pipelines in the queue that are transactions of this client. Other pipelines may hold the
 * caller's commands.
 */
function ownTransactions(queue: CommandQueue, scripts: ScriptSet): ReadonlySet<unknown> {
  const own = new Set<unknown>();
  const withExec = new Set<unknown>();
  for (let index = 0; index < queue.length; index++) {
    const item = queue.peekAt(index);
    if (!item?.stream) continue;
    if (item.command.name === "exec") withExec.add(item.stream);
    else if (scripts.owns(item)) own.add(item.stream);
  }
  return new Set([...own].filter((stream) => withExec.has(stream)));
}
