import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";

/** What makes a request the same one: method, route, parameters, query and body. `unread` when the body is not known. */
export function contentOf(request: FastifyRequest): readonly unknown[] | "unread" {
  const { method, routeOptions, params, query } = request;
  const body = bodyOf(request);
  return body === "unread" ? body : [method, routeOptions.url ?? "", params, query, body];
}

function bodyOf({ body, headers }: FastifyRequest): unknown {
  if (body === undefined || body === null) {
    const empty = headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0;
    // JSON's own null has a body, and is read.
    return body === null || empty ? null : "unread";
  }
  if (body instanceof Uint8Array) return { sha256: createHash("sha256").update(body).digest("hex") };
  if (typeof body === "object" && ("pipe" in body || "getReader" in body)) return "unread";
  return [body];
}
