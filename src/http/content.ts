import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { Compared } from "./decide.js";
import { UNREAD_BODY } from "./problem.js";

/** The content that a repeated request must have: method, route, parameters, query and body. */
export function contentOf(request: FastifyRequest): Compared {
  const { method, routeOptions, params, query } = request;
  const body = bodyOf(request);
  if (body === "unread") return { kind: "problem", problem: UNREAD_BODY };
  return { kind: "content", content: [method, routeOptions.url ?? "", params, query, body] };
}

function bodyOf({ body, headers }: FastifyRequest): unknown {
  if (body === undefined || body === null) {
    const isEmpty =
      headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0;
    // A null body is the JSON value null, so it was read.
    return body === null || isEmpty ? null : "unread";
  }
  if (body instanceof Uint8Array) return { sha256: createHash("sha256").update(body).digest("hex") };
  if (typeof body === "object" && ("pipe" in body || "getReader" in body)) return "unread";
  return [body];
}
