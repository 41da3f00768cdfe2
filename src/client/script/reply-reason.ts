import type { ReplyReason } from "../../core/errors.js";

/**
 * Why the reply of a script cannot be read. A script replies with a list, a text, a whole number or
 * nothing; a connection that leaves replies alone returns no other value.
 */
export function reasonOf(reply: unknown): ReplyReason {
  if (reply === "QUEUED") return "queued";
  if (Array.isArray(reply)) return reply.every(isOfScript) ? "contract" : "transformed";
  return isOfScript(reply) ? "contract" : "transformed";
}

/** Why the reply of a many form cannot be read. Its first value are the packed replies, as bytes. */
export function reasonOfMany(reply: unknown): ReplyReason {
  if (Buffer.isBuffer(reply) && reply.equals(QUEUED)) return "queued";
  return Array.isArray(reply) && Buffer.isBuffer(reply[0]) ? "packed" : "transformed";
}

const QUEUED = Buffer.from("QUEUED");

function isOfScript(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isOfScript);
  return value === null || typeof value === "string" || Number.isSafeInteger(value);
}
