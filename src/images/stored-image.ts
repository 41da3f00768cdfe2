import { createHash } from "node:crypto";

/** The bytes of a digest before an image in the cache. */
const DIGEST_BYTES = 16;

/** The largest entry for an image of so many bytes. */
export const entryBytes = (imageBytes: number): number => imageBytes + DIGEST_BYTES;

/** An image with the first half of its SHA-256, so that a hit needs no hash for its ETag. */
export function storedImage(image: Uint8Array): Uint8Array {
  const digest = createHash("sha256").update(image).digest().subarray(0, DIGEST_BYTES);
  return Buffer.concat([digest, image]);
}

/** The ETag and the image of an entry. */
export function readImage(stored: Uint8Array): { readonly etag: string; readonly image: Uint8Array } {
  const digest = Buffer.from(stored.subarray(0, DIGEST_BYTES)).toString("base64url");
  return { etag: `"${digest}"`, image: stored.subarray(DIGEST_BYTES) };
}

/** Whether the header `If-None-Match` has the ETag, by weak comparison. */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch
    .split(",")
    .some((tag) => /^(\*|(W\/)?(".*"))$/.exec(tag.trim())?.[3] === etag || tag.trim() === "*");
}
