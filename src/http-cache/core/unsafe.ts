import type { Fields } from "../message/fields.js";
import type { OriginResponse, RequestHead } from "../message/message.js";
import { directivesOf } from "../parse/directives.js";

/**
 * The targets that a successful unsafe request has changed: its own, and those of its response, of one
 * origin.
 */
export function invalidatedUrls(request: RequestHead, response: Fields): readonly string[] {
  const { scheme, authority, target } = request;
  const base = `${scheme}://${authority}${target}`;
  const named = ["location", "content-location"].flatMap((name) => response.get(name) ?? []);
  return [target, ...named.flatMap((location) => targetOf(location, base) ?? [])];
}

function targetOf(location: string, base: string): string | undefined {
  if (!URL.canParse(location, base)) return undefined;
  const own = new URL(base);
  const url = new URL(location, base);
  return url.origin === own.origin ? url.pathname + url.search : undefined;
}

/** Whether a response to POST is also the response to GET of the same URL (RFC 9110, section 9.3.3). */
export function isAnswerForGet(request: RequestHead, { status, fields }: OriginResponse): boolean {
  const location = fields.get("content-location");
  if (request.method !== "POST" || status !== 200 || location === undefined) return false;
  const directives = directivesOf(fields.get("cache-control"));
  const hasTime = directives.has("max-age") || directives.has("s-maxage") || fields.has("expires");
  return (
    hasTime &&
    targetOf(location, `${request.scheme}://${request.authority}${request.target}`) === request.target
  );
}
