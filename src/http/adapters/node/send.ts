import type { ServerResponse } from "node:http";
import type { PlainReply } from "../../plain-reply.js";

/** Headers of a body that is not sent. */
const BODY_HEADERS = ["content-length", "content-encoding", "transfer-encoding"];

/** Sends a whole reply. Headers that were set before, such as those of CORS, stay. */
export function sendReply(response: ServerResponse, { status, headers, body }: PlainReply): void {
  for (const name of BODY_HEADERS) response.removeHeader(name);
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}
