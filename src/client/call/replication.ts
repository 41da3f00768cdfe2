import type { RedisNode } from "../connection/redis.js";
import { hashTagOf } from "../connection/slot.js";
import { clientKeys } from "../script/reserved.js";

/**
 * How many replicas have everything that a script saw which has just answered on this connection; undefined
 * when that cannot be told. Waits up to `limitMs` for `count` of them.
 *
 * WAIT counts the replicas that have this connection's own last write (Redis 7.2 and Valkey 8; Redis 7.0: its
 * last command). A script that found its work done writes nothing, so the client writes a key of its own first.
 *
 * That write is a plain SET: with NX it would write nothing while the key of another call is there, and WAIT would
 * confirm an older write. A SET overwrites what it finds, therefore the key's name is reserved (`clientKeys`).
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
  // 0 would wait for ever.
  pipeline.call("wait", [String(count), String(Math.max(1, Math.floor(limitMs)))]);
  const results = await pipeline.exec().catch(() => null);
  if (!results || results.some(([error]) => error)) return undefined;
  return wholeNumber(results.at(-1)?.[1]);
}

/** A count as Redis sends it, also as text (`stringNumbers`). Undefined for anything else: it confirms nothing. */
export function wholeNumber(reply: unknown): number | undefined {
  const number = typeof reply === "string" && decimal.test(reply) ? Number(reply) : reply;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

const decimal = /^[0-9]{1,16}$/;

/**
 * The key that the client writes beside this one, in its slot: `shop:{acme:lamp}:replicated` for
 * `shop:{acme:lamp}:stock`, and `{plain}:replicated` for `plain`. Undefined where no such name can be made: for a key
 * without a hash tag that holds a `}`.
 */
export function markerKey(key: string): string | undefined {
  const { suffix } = clientKeys.replicaMarker;
  const tag = hashTagOf(key);
  if (tag) return key.slice(0, tag.end) + suffix;
  return key === "" || key.includes("}") ? undefined : `{${key}${suffix}`;
}
