import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { describeProblem, notKept } from "./problem.js";

/** An answer as it is stored: what `idempotency.run()` is given as the request's result. */
export interface StoredReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: StoredBody;
}

type StoredBody =
  | { readonly kind: "none" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "bytes"; readonly base64: string }
  /** A stream, or too large. */
  | { readonly kind: "not-kept" };

export interface ReplyLimits {
  /** Which headers are kept, in lower case. */
  readonly headers: readonly string[];
  /** The longest answer that is kept, in bytes of JSON. */
  readonly longestReply: number;
}

/** The answer that is about to be sent, as far as it can be stored. */
export function storedReply(reply: FastifyReply, payload: unknown, limits: ReplyLimits): StoredReply {
  const headers = Object.fromEntries(
    limits.headers.flatMap((name) => {
      const value = reply.getHeader(name);
      return value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : String(value)]];
    }),
  );
  const status = statusOf(reply, payload);
  const stored: StoredReply = { status, headers, body: storedBody(payload) };
  if (Buffer.byteLength(JSON.stringify(stored)) <= limits.longestReply) return stored;
  return { status, headers: {}, body: { kind: "not-kept" } };
}

/** A `Response` of the Fetch API brings its own status, which Fastify takes over after its hooks. */
export function statusOf(reply: FastifyReply, payload: unknown): number {
  return payload instanceof Response ? payload.status : reply.statusCode;
}

function storedBody(payload: unknown): StoredBody {
  if (payload === undefined || payload === null) return { kind: "none" };
  if (typeof payload === "string") return { kind: "text", text: payload };
  if (Buffer.isBuffer(payload)) return { kind: "bytes", base64: payload.toString("base64") };
  return { kind: "not-kept" };
}

/** Of a payload that is not sent: a stream that nobody reads would stay open. */
export function discard(payload: unknown): void {
  const stream = payload instanceof Response ? payload.body : payload;
  if (stream instanceof Readable) stream.destroy();
  else if (stream instanceof ReadableStream) stream.cancel().catch(() => {});
}

/** Answers as the first time. Bytes pass through Fastify as they are: nothing serialises them again. */
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
