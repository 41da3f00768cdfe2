import { createClient } from "redis-5";
import { redisFromUrl } from "../../../../src/testing/redis/connection.js";
import type { StartContestant } from "../contestant.js";
import { eachEntry, entryOf, expectProduct, productOf } from "./values.js";

const keyOf = (id: number) => `raw:${id}`;

/** GET of ioredis and `JSON.parse`. */
export function rawGet(enableAutoPipelining: boolean): StartContestant {
  return async (url) => {
    const redis = redisFromUrl(url, { enableAutoPipelining });
    await eachEntry((id) => redis.set(keyOf(id), JSON.stringify(productOf(id))));
    return {
      call: async (number) => {
        const id = entryOf(number);
        expectProduct(JSON.parse((await redis.get(keyOf(id))) ?? "null"), id);
      },
      close: () => redis.disconnect(),
    };
  };
}

/** GET of node-redis 5 with its cache in the process. Callers get the text, so it need not be parsed. */
export const clientSideCache: StartContestant = async (url) => {
  const client = createClient({ url, RESP: 3, clientSideCache: { ttl: 0, maxEntries: 0 } });
  await client.on("error", console.error).connect();
  await eachEntry((id) => client.set(keyOf(id), JSON.stringify(productOf(id))));
  await eachEntry((id) => client.get(keyOf(id)));
  return {
    call: async (number) => {
      if ((await client.get(keyOf(entryOf(number)))) === null) throw new Error("a call found nothing");
    },
    close: () => client.destroy(),
  };
};
