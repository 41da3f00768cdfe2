import { STATUS_CODES } from "node:http";
import { Fields } from "../message/fields.js";
import type { Reply, RequestHead } from "../message/message.js";
import { isNotModified } from "../rules/conditional.js";
import { rangeOf } from "../rules/range.js";
import type { StoredResponse } from "../store/stored-response.js";

/** Fields of the body, which a 304 has not. */
const BODY_FIELDS = new Set(["content-length", "content-encoding", "content-range"]);
const CONTENT_LENGTH = new Set(["content-length"]);

/** Answers a request from a whole response: with all of it, a part, or a 304. */
export function serve(
  { method, fields: request }: Pick<RequestHead, "method" | "fields">,
  stored: StoredResponse,
  ageMs: number,
): Reply {
  const { status, statusText, body, sentFields } = stored;
  const fields = sentFields.with(["Age", String(Math.floor(ageMs / 1_000))]);
  if (status !== 200) return { status, statusText, fields, body: method === "HEAD" ? undefined : body };
  if (isNotModified(request, sentFields, stored.receivedMs))
    return { status: 304, statusText: "Not Modified", fields: fields.without(BODY_FIELDS), body: undefined };
  if (method === "HEAD") return { status, statusText, fields: withLength(fields, body), body: undefined };
  const range = request.has("range") ? rangeOf(request, sentFields, body.length) : "whole";
  if (range === "whole") return { status, statusText, fields, body };
  if (range === "unsatisfiable") {
    const unsatisfied = new Fields([["Content-Range", `bytes */${body.length}`]]);
    return { status: 416, statusText: STATUS_CODES[416] ?? "", fields: unsatisfied, body: undefined };
  }
  const { first, last } = range;
  return {
    status: 206,
    statusText: STATUS_CODES[206] ?? "",
    fields: fields
      .without(CONTENT_LENGTH)
      .with(
        ["Content-Range", `bytes ${first}-${last}/${body.length}`],
        ["Content-Length", String(last - first + 1)],
      ),
    body: body.subarray(first, last + 1),
  };
}

/** A response to HEAD has no body that could tell its length. */
function withLength(fields: Fields, body: Uint8Array): Fields {
  return fields.has("content-length") ? fields : fields.with(["Content-Length", String(body.length)]);
}
