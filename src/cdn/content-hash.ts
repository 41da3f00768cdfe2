/** Characters of a SHA-256 in hex. Only contents of the same name have to differ in these 64 bits. */
export const HASH_LENGTH = 16;

const HASHED = new RegExp(`^(.+)\\.[0-9a-f]{${HASH_LENGTH}}((?:\\.[^./]+)?)$`);

/** Whether the last segment of a path has a content hash, as `readAssets` adds it. */
export function hasContentHash(path: string): boolean {
  return HASHED.test(path.slice(path.lastIndexOf("/") + 1));
}

/** `app.js` with its hash: `app.3f2a….js`. A name without an ending has the hash at its end. */
export function withContentHash(name: string, hash: string): string {
  const slash = name.lastIndexOf("/");
  const dot = name.lastIndexOf(".");
  return dot > slash + 1 ? `${name.slice(0, dot)}.${hash}${name.slice(dot)}` : `${name}.${hash}`;
}
