import { parseList } from "structured-headers";
import type { Fields } from "../message/fields.js";
import type { RequestHead } from "../message/message.js";
import { shortName } from "../policies/short-name.js";

/** At most so many groups of a field count (RFC 9875, section 2, asks for 32 at least). */
const MAX_GROUPS = 32;

/** The tags of a field with the names of cache groups (RFC 9875). Groups belong to one origin. */
function tagsIn({ scheme, authority }: RequestHead, text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  try {
    const names = parseList(text).map(([name]) => (typeof name === "string" ? name : undefined));
    const known = names.filter((name) => name !== undefined && name.length <= 100);
    return known.slice(0, MAX_GROUPS).map((name) => `group:${shortName(`${scheme}://${authority}:${name}`)}`);
  } catch {
    return [];
  }
}

/** The tags of the groups that a response belongs to. */
export function groupTags(request: RequestHead, response: Fields): readonly string[] {
  return tagsIn(request, response.get("cache-groups"));
}

/** The tags of the groups that a response to an unsafe request invalidates. */
export function invalidatedGroups(request: RequestHead, response: Fields): readonly string[] {
  return tagsIn(request, response.get("cache-group-invalidation"));
}
