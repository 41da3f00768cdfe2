import { createHash } from "node:crypto";
import type { EntityTag } from "../core/http/entity-tags.js";

/** What a version may look like. The client makes UUIDs. */
const TOKEN = /^[\w-]{16,64}$/;
const VARIANT_BYTES = 12;

/**
 * The entity tag of one variant of a resource. Each list of parts has its own tag.
 *
 * @param variant what selects the variant besides the address, such as the language and the user
 */
export function entityTagOf(token: string, variant: readonly string[], isWeak: boolean): EntityTag {
  if (variant.length === 0) return { weak: isWeak, opaque: token };
  const hash = createHash("sha256").update(JSON.stringify(variant)).digest().subarray(0, VARIANT_BYTES);
  return { weak: isWeak, opaque: `${token}.${hash.toString("base64url")}` };
}

/** The version that a strong tag names, of any variant; undefined if it is not from here. */
export function versionOf({ weak, opaque }: EntityTag): string | undefined {
  const [token = ""] = opaque.split(".");
  return !weak && TOKEN.test(token) ? token : undefined;
}
