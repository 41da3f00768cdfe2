import { type Dictionary, parseDictionary } from "structured-headers";
import { Directives } from "./directives.js";

/**
 * The directives of a field for one kind of cache, such as `CDN-Cache-Control` (RFC 9213); undefined if it
 * is absent, empty or not valid, and then `Cache-Control` counts.
 */
export function targetedDirectives(text: string | undefined): Directives | undefined {
  const dictionary = text === undefined ? undefined : parsed(text);
  if (!dictionary || dictionary.size === 0) return undefined;
  const values = new Map<string, string | true>();
  for (const [name, [value]] of dictionary) {
    if (name === "max-age" || name === "s-maxage" || name.startsWith("stale-")) {
      if (typeof value !== "number" || !Number.isInteger(value)) return undefined;
      values.set(name, value < 0 ? "" : String(value));
    } else if (typeof value === "boolean") {
      if (value) values.set(name, true);
    } else values.set(name, String(value));
  }
  return new Directives(values);
}

function parsed(text: string): Dictionary | undefined {
  try {
    return parseDictionary(text);
  } catch {
    return undefined;
  }
}
