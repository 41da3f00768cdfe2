import type { Fields } from "../message/fields.js";
import type { RequestHead } from "../message/message.js";

/** The targets that a successful unsafe request has changed: its own, and those of its response, of one origin. */
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
