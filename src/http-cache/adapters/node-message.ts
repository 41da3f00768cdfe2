import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Field, Fields } from "../message/fields.js";
import type { Reply, RequestHead } from "../message/message.js";

/** The head of a request of node:http. */
export function headOf(request: IncomingMessage): RequestHead {
  const { method = "GET", url = "/", headers, socket } = request;
  const host = (headers.host ?? "").toLowerCase();
  // Only a proxy is sent the absolute form, but every server must take it (RFC 9112, section 3.2.2).
  const [, named, rest = ""] = url.startsWith("/") ? NOT_ABSOLUTE : (ABSOLUTE.exec(url) ?? NOT_ABSOLUTE);
  const isPath = rest === "" || rest.startsWith("?");
  return {
    method,
    target: named === undefined ? url : isPath ? `/${rest}` : rest,
    scheme: "encrypted" in socket ? "https" : "http",
    authority: named?.toLowerCase() ?? host,
    fields: Fields.ofRequest(request),
    isUnusual: named !== undefined || (isBodiless(method) && hasBody(request)),
  };
}

const NOT_ABSOLUTE: readonly string[] = [];
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/is;

function isBodiless(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/** Whether a request has a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

/** Sends a reply. It rejects if the client or the body ends early; then the connection is closed. */
export async function send(response: ServerResponse, reply: Reply): Promise<void> {
  const { status, statusText, fields, body, trailers } = reply;
  const sent = trailers ? fields.with(["Trailer", trailers.names]) : fields;
  response.writeHead(status, statusText, sent.toRaw());
  if (body === undefined || body instanceof Uint8Array) {
    response.end(body);
    return;
  }
  // `end` comes after the trailers.
  await pipeline(Readable.from(body, { objectMode: false }), response, { end: false });
  if (trailers)
    response.addTrailers(trailers.read().pairs.map(([name, value]) => [name, value] as [string, string]));
  response.end();
}

/** The fields of a headers object of node:http. */
export function ofHeaders(
  headers: Readonly<Record<string, number | string | readonly string[] | undefined>>,
): Fields {
  const pairs: Field[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (Array.isArray(value)) for (const each of value) pairs.push([name, String(each)]);
    else if (value !== undefined) pairs.push([name, String(value)]);
  }
  return new Fields(pairs);
}

/**
 * Sets the fields with several values, and returns the others. `writeHead` of a response with set
 * headers keeps the last of several values only.
 */
export function setRepeated(response: Pick<ServerResponse, "setHeader">, fields: Fields): Fields {
  const names = new Set<string>();
  const repeated = new Set<string>();
  for (const [name] of fields.pairs) {
    const lower = name.toLowerCase();
    if (names.has(lower)) repeated.add(lower);
    names.add(lower);
  }
  if (repeated.size === 0) return fields;
  for (const name of repeated) {
    const values = fields.pairs.filter(([other]) => other.toLowerCase() === name);
    response.setHeader(
      name,
      values.map(([, value]) => value),
    );
  }
  return fields.without(repeated);
}
