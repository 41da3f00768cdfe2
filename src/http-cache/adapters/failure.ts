import { OverloadedError } from "../../core/errors.js";
import { Fields } from "../message/fields.js";
import type { Reply } from "../message/message.js";

/** The answer if neither the cache nor the origin has one. */
export function fallbackReply(error: unknown): Reply {
  const [status, statusText] =
    error instanceof OverloadedError ? [503, "Service Unavailable"] : [502, "Bad Gateway"];
  return { status: Number(status), statusText: String(statusText), fields: Fields.NONE, body: undefined };
}
