import { createHash } from "node:crypto";
import { ImageRefusal } from "./types.js";

const MAX_PATH_LENGTH = 500;

/** Encoded slashes, backslashes, dots and percent signs: a second decoding would make another path. */
const AMBIGUOUS = /%2f|%5c|%2e|%25|\\/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are refused
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * The path of an image below its folder, such as `products/lamp.jpg`.
 *
 * @param encoded the part of the URL's path after the prefix
 * @throws ImageRefusal for a path that may leave the folder, or a hidden file
 */
export function imagePathOf(encoded: string): string {
  if (encoded.length <= MAX_PATH_LENGTH && !AMBIGUOUS.test(encoded)) {
    const path = decoded(encoded);
    if (path !== undefined && isImagePath(path)) return path;
  }
  throw new ImageRefusal("IMAGE_BAD_REQUEST", "the path is not that of an image");
}

function decoded(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

/** Whether a path stays inside its folder, and has no hidden file. */
export function isImagePath(path: string): boolean {
  if (path.length > MAX_PATH_LENGTH || CONTROL.test(path) || /[\\%]/.test(path)) return false;
  return path.split("/").every((part) => part !== "" && !part.startsWith("."));
}

/**
 * The tag of all variants of an image.
 *
 * ```ts
 * await moonpath.tenant("acme").cache.invalidateTags([imageTag("products/lamp.jpg")]);
 * ```
 */
export function imageTag(path: string): string {
  // A tag is a part of a key, which has fewer characters than a path may have.
  const name = /^[\w./-]{1,150}$/.test(path) ? path : `~${createHash("sha256").update(path).digest("hex")}`;
  return `image:${name}`;
}
