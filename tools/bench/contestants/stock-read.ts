import { Cluster, type Redis } from "ioredis";
import { createClient, createCluster, defineScript } from "redis-5";
import { redisFromUrl } from "../../../src/testing/redis/connection.js";
import type { StartContestant } from "./contestant.js";
import { type Fields, type HandCall, LOW, stockRead } from "./hand.js";
import { withMoonpath } from "./moonpath.js";
import { productOf } from "./products.js";

/** EVALSHA of ioredis, by hand. */
export function ioredis(calls: readonly HandCall[], enableAutoPipelining: boolean): StartContestant {
  return async (url) => {
    const redis = redisFromUrl(url, { enableAutoPipelining });
    for (const { lua } of calls) await loadScript(redis, lua);
    return {
      call: async (number) => {
        // Each product gets all calls, one after another.
        const made = calls[number % calls.length] ?? stockRead;
        expectReply(await evalsha(redis, made, productOf(Math.floor(number / calls.length))));
      },
      close: () => redis.disconnect(),
    };
  };
}

async function evalsha(redis: Redis | Cluster, call: HandCall, name: string): Promise<Fields> {
  const keys = call.keys(name);
  return call.reply(await redis.evalsha(call.digest, keys.length, ...keys, ...call.args()));
}

async function loadScript(redis: Redis | Cluster, lua: string): Promise<void> {
  if (!(redis instanceof Cluster)) {
    await redis.script("LOAD", lua);
    return;
  }
  // The nodes are known after the first command.
  await redis.get("bench");
  await Promise.all(redis.nodes("master").map((node) => node.script("LOAD", lua)));
}

/** A script of node-redis, as its documentation defines one. */
const read = defineScript({
  SCRIPT: stockRead.lua,
  NUMBER_OF_KEYS: 1,
  parseCommand(parser, product: string) {
    for (const key of stockRead.keys(product)) parser.pushKey(key);
    for (const arg of stockRead.args()) parser.push(String(arg));
  },
  transformReply: (raw: unknown) => stockRead.reply(raw),
});

/** Scripts of node-redis. */
export const nodeRedis: StartContestant = async (url) => {
  const client = await createClient({ url, scripts: { read } }).on("error", console.error).connect();
  return {
    call: async (number) => expectReply(await client.read(productOf(number))),
    close: () => client.destroy(),
  };
};

/** Scripts of node-redis on a cluster. */
export const nodeRedisCluster: StartContestant = async (url) => {
  const urls = url.split(",");
  const { password } = new URL(urls[0] ?? "");
  const cluster = createCluster({
    rootNodes: urls.map((url) => ({ url })),
    defaults: { password },
    scripts: { read },
  });
  cluster.on("error", console.error);
  await cluster.connect();
  return {
    call: async (number) => expectReply(await cluster.read(productOf(number))),
    close: () => cluster.destroy(),
  };
};

/** Moonpath's `stock.read`. */
export function moonpath(batching: boolean): StartContestant {
  return withMoonpath(
    ({ stock }) => ({
      call: async (number) => expectReply(await stock.read({ product: productOf(number), low: LOW })),
    }),
    { batching },
  );
}

/** @throws Error if the call did not find what the bench has stored */
export function expectReply({ outcome }: { readonly outcome: unknown }): void {
  if (outcome === "unknown") throw new Error("a call found nothing");
}
