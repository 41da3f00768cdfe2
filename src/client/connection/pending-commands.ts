import { ReplyLostError } from "../call/failure.js";
import type { ScriptSet } from "../script/script-set.js";
import type { CommandQueue, QueuedCommand } from "./redis.js";

/**
 * Removes this client's commands from the queue of a closed connection, and rejects them. Otherwise
 * ioredis would send them again after a reconnect.
 */
export function rejectPending(queue: CommandQueue, scripts: ScriptSet, connection: object): void {
  const transactions = ownTransactions(queue, scripts);
  const lost: QueuedCommand["command"][] = [];
  for (let index = 0; index < queue.length; ) {
    const item = queue.peekAt(index);
    const isOwn =
      item &&
      (item.stream
        ? transactions.has(item.stream)
        : item.command.sentBy === connection || scripts.owns(item));
    if (isOwn) {
      queue.removeOne(index);
      lost.push(item.command);
    } else index++;
  }
  for (const command of lost) command.reject(new ReplyLostError("the connection was lost"));
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
