import type { IncomingMessage } from "node:http";
import type { Compared } from "../../decide.js";
import { BODY_INCOMPLETE, BODY_TIMEOUT, BODY_TOO_LARGE, type Problem, UNREAD_BODY } from "../../problem.js";
import { bodyContent, comparedContent } from "../content.js";
import { addedField, targetOf } from "./types.js";

/** Limits of `contentOfMessage`. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  /** The longest wait for the body. */
  readonly bodyMs: number;
}

/** The content of a request, whether a parser such as `express.json()` has read its body or not. */
export async function contentOfMessage(request: IncomingMessage, limits: BodyLimits): Promise<Compared> {
  const { method = "", headers } = request;
  const { path, query } = targetOf(request);
  const contentType = headers["content-type"];
  const compared = (body: unknown) => comparedContent(method, path, query, body);
  const isEmpty = headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0;
  if (isEmpty) return compared(null);
  if (!request.readableDidRead) {
    const bytes = await readAhead(request, limits);
    return Buffer.isBuffer(bytes)
      ? compared(bodyContent(bytes, contentType))
      : { kind: "problem", problem: bytes };
  }
  const parsed = addedField(request, "body");
  if (typeof parsed === "string") return compared(bodyContent(Buffer.from(parsed), contentType));
  if (parsed instanceof Uint8Array) return compared(bodyContent(parsed, contentType));
  // Parsers of multipart bodies keep the files elsewhere.
  if (parsed === undefined || isStream(parsed) || /^multipart\//i.test(contentType ?? "")) {
    return { kind: "problem", problem: UNREAD_BODY };
  }
  return compared([parsed]);
}

function isStream(body: unknown): boolean {
  return typeof body === "object" && body !== null && ("pipe" in body || "getReader" in body);
}

/** Reads the body, and puts it back, so that parsers and the handler read it as it came. */
function readAhead(
  request: IncomingMessage,
  { maxBodyBytes, bodyMs }: BodyLimits,
): Promise<Buffer | Problem> {
  if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) return Promise.resolve(BODY_TOO_LARGE);
  if (request.readableEncoding !== null) return Promise.resolve(UNREAD_BODY);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (result: Buffer | Problem) => {
      clearTimeout(timer);
      request.off("readable", read).off("error", onEnd).off("close", onEnd);
      resolve(result);
    };
    const onEnd = () => finish(BODY_INCOMPLETE);
    const read = () => {
      // A read of the empty stream would emit its end, which the handler would miss.
      while (request.readableLength > 0) {
        const chunk: unknown = request.read();
        if (!Buffer.isBuffer(chunk)) break;
        size += chunk.length;
        if (size > maxBodyBytes) return finish(BODY_TOO_LARGE);
        chunks.push(chunk);
      }
      if (!request.complete) return;
      const body = Buffer.concat(chunks);
      // Before the end of this turn, in which Node would emit the end of the stream.
      if (size > 0) request.unshift(body);
      finish(body);
    };
    const timer = setTimeout(finish, bodyMs, BODY_TIMEOUT);
    if (request.destroyed) onEnd();
    else if (request.complete && request.readableLength === 0) finish(Buffer.alloc(0));
    else request.on("readable", read).on("error", onEnd).on("close", onEnd);
  });
}
