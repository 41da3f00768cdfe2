import { NotSentError } from "../call/failure.js";

/** The types of replies whose values are buffers in a reply of `callBuffer`, by their first byte. */
export const TEXTS_AS_BUFFERS: Readonly<Record<number, typeof Buffer>> = { 36: Buffer, 61: Buffer };

/** The types of node-redis itself: texts, numbers and arrays. Replaces a mapping of the caller. */
export const PLAIN: Readonly<Record<number, typeof Buffer>> = {};

/**
 * The error of node-redis as the client knows it. An error reply of the server is named `ReplyError`, as
 * with ioredis. A command that certainly was not written has NotSentError. Every other error leaves open
 * whether the server ran the command.
 */
export function translated(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (NOT_WRITTEN.test(error.message))
    return new NotSentError("the connection was lost before the command was sent");
  if (!isErrorReply(error)) return error;
  // The server refuses commands on a RESP2 connection that subscribes. ioredis refuses them itself.
  if (SUBSCRIBES.test(error.message))
    return new NotSentError("the connection is in subscriber mode", "refuses");
  error.name = "ReplyError";
  return error;
}

/** The errors inside of a list, such as the reply of EXEC, get their name, too. */
export function withNamedErrors(reply: unknown): unknown {
  if (Array.isArray(reply)) for (const item of reply) if (item instanceof Error) translated(item);
  return reply;
}

/**
 * Errors of node-redis for a command that it has not written. The signal of the connection has aborted
 * while the command was in the queue, or the queue did not take the command.
 */
const NOT_WRITTEN = /^(The command was aborted|The client is (closed|offline)|The queue is full)$/;

const SUBSCRIBES = /^ERR Can't execute .*: only \(P\|S\)SUBSCRIBE/;

/**
 * Whether the server sent the error. A bundler may have renamed the classes of node-redis. Then the code
 * in capitals tells it: no error of node-redis or of a socket begins with one.
 */
function isErrorReply(error: Error): boolean {
  for (let type: unknown = error.constructor; typeof type === "function"; type = Object.getPrototypeOf(type))
    if (type.name === "ErrorReply") return true;
  return /^[A-Z][A-Z0-9_]+ /.test(error.message);
}
