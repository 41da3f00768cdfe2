/**
 * A hash of a text in 32 bits, the same in every process. It is FNV-1a over UTF-16 code units, with the
 * final mix of MurmurHash3. The mix makes its high bits as good as its low ones. Texts of a caller may be
 * chosen to collide, so nothing but sampling may depend on it.
 */
export function hashOf(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mixed(hash);
}

/** The same for the name of an entry of a tenant, without a new text. */
export function entryHashOf(tenant: string, entry: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let at = 0; at < tenant.length; at++) hash = Math.imul(hash ^ tenant.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash, 0x01000193);
  for (let at = 0; at < entry.length; at++) hash = Math.imul(hash ^ entry.charCodeAt(at), 0x01000193);
  return mixed(hash);
}

function mixed(hash: number): number {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
