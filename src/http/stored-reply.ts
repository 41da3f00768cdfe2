import { isUtf8 } from "node:buffer";
import type { PlainReply } from "./plain-reply.js";
import { notKept, type ProblemLog, problemReply } from "./problem.js";

/** A reply in its stored form: the result of the function that `idempotency.run()` calls. */
export interface StoredReply {
  readonly status: number;
  readonly headers: PlainReply["headers"];
  readonly body: StoredBody;
}

export type StoredBody =
  | { readonly kind: "none" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "bytes"; readonly base64: string }
  /** The body was a stream or too large. */
  | { readonly kind: "not-kept" };

export const NOT_KEPT: StoredBody = { kind: "not-kept" };

/** Limits of stored replies. */
export interface ReplyLimits {
  /** The headers that are stored, in lower case. */
  readonly headers: readonly string[];
  /** The largest reply that is stored, in bytes of JSON. */
  readonly maxReplyBytes: number;
}

/** A reply that is about to be sent. */
export interface ReplyParts {
  readonly status: number;
  /** The value of a header by its name in lower case. */
  header(name: string): number | string | readonly string[] | undefined;
  readonly body: StoredBody;
}

/** The stored form of a reply. A reply that is too large becomes `not-kept`. */
export function storedReply({ status, header, body }: ReplyParts, limits: ReplyLimits): StoredReply {
  const headers = Object.fromEntries(
    limits.headers.flatMap((name) => {
      const value = header(name);
      return value === undefined ? [] : [[name, storedHeader(name, value)]];
    }),
  );
  const stored: StoredReply = { status, headers, body };
  if (body.kind !== "not-kept" && Buffer.byteLength(JSON.stringify(stored)) <= limits.maxReplyBytes)
    return stored;
  return { status, headers: {}, body: NOT_KEPT };
}

/** The values of a field are one list with commas, except those of `Set-Cookie` (RFC 9110, 5.3). */
function storedHeader(name: string, value: number | string | readonly string[]): string | string[] {
  if (!isList(value)) return String(value);
  const [only] = value;
  if (value.length === 1 && only !== undefined) return only;
  return name === "set-cookie" ? [...value] : value.join(", ");
}

function isList(value: number | string | readonly string[]): value is readonly string[] {
  return Array.isArray(value);
}

/** The stored form of a whole body. Most texts need less space than base64. */
export function storedBody(bytes: Uint8Array | undefined): StoredBody {
  if (bytes === undefined) return { kind: "none" };
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const base64 = buffer.toString("base64");
  if (!isUtf8(buffer)) return { kind: "bytes", base64 };
  const text = buffer.toString("utf8");
  // JSON escapes control characters, so the text may be the longer one.
  return JSON.stringify(text).length > base64.length + 2 ? { kind: "bytes", base64 } : { kind: "text", text };
}

/** The reply to a repeated request. */
export function replayedReply({ status, headers, body }: StoredReply, log: ProblemLog): PlainReply {
  const reply =
    body.kind === "not-kept" ? problemReply(notKept(status), log) : { status, headers, body: bytesOf(body) };
  return { ...reply, headers: { ...reply.headers, "idempotency-replayed": "true" } };
}

function bytesOf(body: Exclude<StoredBody, { readonly kind: "not-kept" }>): Buffer | undefined {
  switch (body.kind) {
    case "none":
      return undefined;
    case "text":
      return Buffer.from(body.text);
    case "bytes":
      return Buffer.from(body.base64, "base64");
  }
}
