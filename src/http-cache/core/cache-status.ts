import type { Field } from "../message/fields.js";

/** Why a request was forwarded (RFC 9211, section 2.2). */
export type ForwardReason =
  | "bypass"
  | "method"
  | "uri-miss"
  | "vary-miss"
  | "miss"
  | "request"
  | "stale"
  | "partial";

/** What the cache did with one request. */
export type CacheStatus =
  | { readonly kind: "hit"; readonly ttlMs: number }
  | {
      readonly kind: "forward";
      readonly reason: ForwardReason;
      /** The status of the origin; undefined if it did not answer. */
      readonly status?: number | undefined;
      readonly isStored?: boolean | undefined;
      /** The answer is of another caller's request. */
      readonly isCollapsed?: boolean | undefined;
      readonly detail?: string | undefined;
    };

/** The field `Cache-Status` (RFC 9211). */
export function cacheStatusField(name: string, status: CacheStatus): Field {
  if (status.kind === "hit") return ["Cache-Status", `${name}; hit; ttl=${Math.floor(status.ttlMs / 1_000)}`];
  let text = `${name}; fwd=${status.reason}`;
  if (status.status !== undefined) text += `; fwd-status=${status.status}`;
  if (status.isStored) text += "; stored";
  if (status.isCollapsed) text += "; collapsed";
  if (status.detail !== undefined) text += `; detail=${status.detail}`;
  return ["Cache-Status", text];
}
