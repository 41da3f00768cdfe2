import type { Compared } from "../../decide.js";
import { BODY_INCOMPLETE, BODY_TIMEOUT, BODY_TOO_LARGE, type Problem, UNREAD_BODY } from "../../problem.js";
import { bodyContent, comparedContent } from "../content.js";
import { readBounded } from "./bounded-body.js";

/** Limits of `contentOfRequest`. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  /** The longest wait for the body. */
  readonly bodyMs: number;
}

/**
 * The content of a request. It reads a clone of the body, so the handler finds its request as it
 * came.
 */
export async function contentOfRequest(request: Request, limits: BodyLimits): Promise<Compared> {
  const { method, headers } = request;
  const { pathname, search } = new URL(request.url);
  const body = await bodyOf(request, limits);
  if (!Buffer.isBuffer(body)) return { kind: "problem", problem: body };
  return comparedContent(method, pathname, search, bodyContent(body, headers.get("content-type")));
}

async function bodyOf(request: Request, { maxBodyBytes, bodyMs }: BodyLimits): Promise<Buffer | Problem> {
  if (request.bodyUsed || request.body?.locked) return UNREAD_BODY;
  if (Number(request.headers.get("content-length") ?? 0) > maxBodyBytes) return BODY_TOO_LARGE;
  const stream = request.body === null ? null : request.clone().body;
  if (stream === null) return Buffer.alloc(0);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Problem>((resolve) => {
    timer = setTimeout(resolve, bodyMs, BODY_TIMEOUT);
  });
  const read = readBounded(stream, maxBodyBytes).then(
    (bytes) => bytes ?? BODY_TOO_LARGE,
    () => BODY_INCOMPLETE,
  );
  try {
    return await Promise.race([read, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
