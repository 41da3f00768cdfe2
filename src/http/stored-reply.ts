import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { describeProblem, notKept } from "./problem.js";

/** A reply in its stored form: the result of the function that `idempotency.run()` calls. */
export interface StoredReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: StoredBody;
}

type StoredBody =
  | { readonly kind: "none" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "bytes"; readonly base64: string }
  /** The body was a stream or too large. */
  | { readonly kind: "not-kept" };

/** Limits of stored replies. */
export interface ReplyLimits {
  /** The headers that are stored, in lower case. */
  readonly headers: readonly string[];
  /** The largest reply that is stored, in bytes of JSON. */
  readonly maxReplyBytes: number;
}

/** Converts a reply that is about to be sent. A body that cannot be stored becomes `not-kept`. */
export function storedReply(reply: FastifyReply, payload: unknown, limits: ReplyLimits): StoredReply {
  const headers = Object.fromEntries(
    limits.headers.flatMap((name) => {
      const value = reply.getHeader(name);
      return value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : String(value)]];
    }),
  );
  const status = statusOf(reply, payload);
  const stored: StoredReply = { status, headers, body: storedBody(payload) };
  if (Buffer.byteLength(JSON.stringify(stored)) <= limits.maxReplyBytes) return stored;
  return { status, headers: {}, body: { kind: "not-kept" } };
}

/** A `Response` of the Fetch API has its own status, which Fastify applies after the hooks. */
export function statusOf(reply: FastifyReply, payload: unknown): number {
  return payload instanceof Response ? payload.status : reply.statusCode;
}

function storedBody(payload: unknown): StoredBody {
  if (payload === undefined || payload === null) return { kind: "none" };
  if (typeof payload === "string") return { kind: "text", text: payload };
  if (Buffer.isBuffer(payload)) return { kind: "bytes", base64: payload.toString("base64") };
  return { kind: "not-kept" };
}

/** Closes a payload that is not sent. A stream without a reader would stay open. */
export function discard(payload: unknown): void {
  const stream = payload instanceof Response ? payload.body : payload;
  if (stream instanceof Readable) stream.destroy();
  else if (stream instanceof ReadableStream) stream.cancel().catch(() => {});
}

/** Sends the stored reply. Fastify does not serialize a Buffer again. */
export function replay(reply: FastifyReply, { status, headers, body }: StoredReply): FastifyReply {
  reply.header("idempotency-replayed", "true");
  if (body.kind === "not-kept") return reply.send(Buffer.from(describeProblem(reply, notKept(status))));
  reply.code(status).headers(headers);
  switch (body.kind) {
    case "none":
      return reply.send();
    case "text":
      return reply.send(Buffer.from(body.text));
    case "bytes":
      return reply.send(Buffer.from(body.base64, "base64"));
  }
}
