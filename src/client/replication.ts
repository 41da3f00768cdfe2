import type { RedisNode } from "./redis.js";

/**
 * How many replicas have everything that a script saw which has just answered on this connection; undefined
 * when that cannot be told. Waits up to `limitMs` for `count` of them.
 *
 * WAIT counts the replicas that have this connection's own last write (Redis 7.2 and Valkey 8; Redis 7.0: its
 * last command). A script that found its work done writes nothing, so a write of the client's comes before.
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
    if (asking) pipeline.call("asking", []);
    pipeline.call("set", [markerKey(key), "", "PX", "1"]);
  }
  // 0 would wait for ever.
  pipeline.call("wait", [String(count), String(Math.max(1, Math.floor(limitMs)))]);
  const results = await pipeline.exec().catch(() => null);
  if (!results || results.some(([error]) => error)) return undefined;
  const acknowledged = results.at(-1)?.[1];
  return typeof acknowledged === "number" || typeof acknowledged === "string"
    ? Number(acknowledged)
    : undefined;
}

/** In the slot of the key: `shop:{acme:lamp}:stock` gives `shop:{acme:lamp}:replicated`. */
function markerKey(key: string): string {
  const end = key.indexOf("}");
  return end < 0 ? `{${key}}:replicated` : `${key.slice(0, end + 1)}:replicated`;
}
