import type { ReplyReason } from "../../core/errors.js";

/**
 * Why the reply of a script cannot be read. A script replies with a list, a text, a whole number or
 * nothing; a connection that leaves replies alone returns no other value.
 *
 * @param hasBytes its texts are buffers
 */
export function reasonOf(reply: unknown, hasBytes = false): ReplyReason {
  if (reply === "QUEUED" || (hasBytes && isQueued(reply))) return "queued";
  return isOfScript(reply, hasBytes) ? "contract" : "transformed";
}

/** Why the reply of a many form cannot be read. Its first value are the packed replies, as bytes. */
export function reasonOfMany(reply: unknown): ReplyReason {
  if (isQueued(reply)) return "queued";
  return Array.isArray(reply) && Buffer.isBuffer(reply[0]) ? "packed" : "transformed";
}

const QUEUED = Buffer.from("QUEUED");

function isQueued(reply: unknown): boolean {
  return Buffer.isBuffer(reply) && reply.equals(QUEUED);
}

function isOfScript(value: unknown, hasBytes: boolean): boolean {
  if (Array.isArray(value)) return value.every((item) => isOfScript(item, hasBytes));
  if (value === null || Number.isSafeInteger(value)) return true;
  return hasBytes ? Buffer.isBuffer(value) : typeof value === "string";
}
