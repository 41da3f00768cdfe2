import type { Tenant } from "../../../src/index.js";

/** The calls of one shard of a queue, with limits that no test reaches. */
export function writeShard({ writebehind }: Pick<Tenant, "writebehind">, queue: string) {
  const place = { queue, queueShard: "0" };
  const limits = { maxWrites: 1_000, maxBytes: 10_000_000, flushWrites: 1_000, rememberMs: 60_000 };
  return {
    place,
    enqueue: (key: string, value: string, more: object = {}) =>
      writebehind.enqueue({ ...place, ...limits, key, value: Buffer.from(value), mode: "coalesce", ...more }),
    append: (key: string, value: string) =>
      writebehind.enqueue({ ...place, ...limits, key, value: Buffer.from(value), mode: "append" }),
    async take(limit = 100, maxBytes = 1_000_000) {
      const taken = await writebehind.take({ ...place, limit, maxBytes });
      if (taken.outcome !== "batch") throw new Error(`the shard is ${taken.outcome}`);
      return taken;
    },
    ack: (batch: number, refused: readonly { sequence: number; reason: string }[] = []) =>
      writebehind.ack({ ...place, batch, refused }),
    depth: () => writebehind.depth(place),
    listDead: async () => (await writebehind.listDead({ ...place, limit: 100 })).writes,
  };
}
