import type { ServerResponse } from "node:http";
import type { PlainReply } from "../../plain-reply.js";

/** Sends a whole reply. Headers that were set before, such as those of CORS, stay. */
export function sendReply(response: ServerResponse, { status, headers, body }: PlainReply): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}
