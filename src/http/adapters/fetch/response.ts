import type { PlainReply } from "../../plain-reply.js";
import { NOT_KEPT, type ReplyLimits, type StoredReply, storedBody, storedReply } from "../../stored-reply.js";
import { readBounded } from "./bounded-body.js";

/** The statuses whose responses have no body. */
const NULL_BODY: ReadonlySet<number> = new Set([101, 204, 205, 304]);

export function responseOf({ status, headers, body }: PlainReply): Response {
  const response = new Response(NULL_BODY.has(status) ? null : body && new Uint8Array(body), { status });
  setHeaders(response.headers, headers);
  return response;
}

/**
 * The reply in the place of the handler's own, with those of its headers that do not describe its
 * body or its result.
 */
export function replacingResponse(own: Response, reply: PlainReply, removed: readonly string[]): Response {
  const response = responseOf({ ...reply, headers: {} });
  for (const [name, value] of own.headers) response.headers.append(name, value);
  for (const name of ["content-length", "transfer-encoding", ...removed]) response.headers.delete(name);
  setHeaders(response.headers, reply.headers);
  return response;
}

function setHeaders(target: Headers, headers: PlainReply["headers"]): void {
  for (const [name, value] of Object.entries(headers)) {
    target.delete(name);
    for (const one of [value].flat()) target.append(name, one);
  }
}

/** The response with headers that it does not have itself. Those of a redirect cannot be changed. */
export function withHeaders(response: Response, headers: Readonly<Record<string, string>>): Response {
  const missing = Object.entries(headers).filter(([name]) => !response.headers.has(name));
  try {
    for (const [name, value] of missing) response.headers.set(name, value);
    return response;
  } catch {
    if (response.status < 200) return response;
    const changed = new Response(response.body, response);
    for (const [name, value] of missing) changed.headers.set(name, value);
    return changed;
  }
}

/**
 * The stored form of a response. It reads a clone of the body, so that the response can be sent.
 *
 * @throws the error of the body
 */
export async function storedResponse(
  response: Response,
  isStream: (response: Response) => boolean,
  limits: ReplyLimits,
): Promise<StoredReply> {
  const { status, headers } = response;
  const header = (name: string) => {
    if (name !== "set-cookie") return headers.get(name) ?? undefined;
    const cookies = headers.getSetCookie();
    return cookies.length === 0 ? undefined : cookies;
  };
  if (response.body === null) return storedReply({ status, header, body: { kind: "none" } }, limits);
  const stream = isStream(response) ? null : response.clone().body;
  const bytes = stream === null ? undefined : await readBounded(stream, limits.maxReplyBytes);
  return storedReply({ status, header, body: bytes === undefined ? NOT_KEPT : storedBody(bytes) }, limits);
}

const STREAM_TYPE = /^(?:text\/event-stream|application\/(?:x-ndjson|jsonl|json-seq)|multipart\/x-mixed)/i;

/** Whether a response says that its body comes in parts over time. */
export function isStreamed({ headers }: Response): boolean {
  return headers.has("transfer-encoding") || STREAM_TYPE.test(headers.get("content-type") ?? "");
}

/** Closes the body of a response that is not sent. */
export function discard(response: Response): void {
  if (response.body?.locked === false) response.body.cancel().catch(() => {});
}
