import type { RedisNode } from "../connection/redis.js";
import { hashTagOf } from "../connection/slot.js";
import { clientKeys } from "../script/reserved.js";

/**
 * How many replicas have everything that the last script on this connection saw; undefined if that
 * is not known. Waits up to `limitMs` for `count` replicas.
 *
 * WAIT counts the replicas that have this connection's last write (Redis 7.2 and Valkey 8; Redis
 * 7.0: its last command). A script whose work was already done writes nothing, so the client writes
 * a key of its own first.
 *
 * That write is a plain SET. With NX it would write nothing while the key of another call exists,
 * and WAIT would confirm an older write. SET overwrites any value, so the key's name is reserved
 * (`clientKeys`).
 */
export async function acknowledgements(
  node: RedisNode,
  key: string | undefined,
  count: number,
  limitMs: number,
  asking: boolean,
): Promise<number | undefined> {
  const pipeline = node.pipeline();
  if (key !== undefined) {
    const marker = markerKey(key);
    if (marker === undefined) return undefined;
    if (asking) pipeline.call("asking", []);
    pipeline.call("set", [marker, "", "PX", "1"]);
  }
  // WAIT with 0 blocks without limit.
  pipeline.call("wait", [String(count), String(Math.max(1, Math.floor(limitMs)))]);
  const results = await pipeline.exec().catch(() => null);
  if (!results || results.some(([error]) => error)) return undefined;
  return wholeNumber(results.at(-1)?.[1]);
}

/** A count in a reply of Redis, also as text (`stringNumbers`). Undefined for anything else. */
export function wholeNumber(reply: unknown): number | undefined {
  const number = typeof reply === "string" && decimal.test(reply) ? Number(reply) : reply;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

const decimal = /^[0-9]{1,16}$/;

/**
 * The client's own key in the slot of this key: `shop:{acme:lamp}:replicated` for
 * `shop:{acme:lamp}:stock`, and `{plain}:replicated` for `plain`. Undefined for a key with a `}`
 * but without a hash tag, because no such name exists.
 */
export function markerKey(key: string): string | undefined {
  const { suffix } = clientKeys.replicaMarker;
  const tag = hashTagOf(key);
  if (tag) return key.slice(0, tag.end) + suffix;
  return key === "" || key.includes("}") ? undefined : `{${key}${suffix}`;
}
