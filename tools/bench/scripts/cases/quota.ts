import { keys, scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";
import { HOUR_MS } from "./items.js";

const { quota: q } = scripts;
/** The scope of all cases. */
const SCOPE = { namespace: "bench", tenant: "acme" };

const count = async ({ acme }: CaseGround, usageShard: string, entry: string, keepMs = HOUR_MS) => {
  await acme.scripts.quota.count({ usageShard, entry, bytes: 1_000, keepMs, refuses: false });
};
const countOf = (usageShard: string, call: number) => ({
  usageShard,
  entry: `entry-${call}`,
  bytes: 1_000,
  keepMs: HOUR_MS,
  refuses: false,
});
/** A call looks at 8 entries, so the shard has so many. */
const counting = async (ground: CaseGround, call: number) => {
  const usageShard = `own-${call}`;
  for (let entry = 0; entry < 8; entry++) await count(ground, usageShard, `first-${entry}`);
  return countOf(usageShard, call);
};
/** The shard of this call alone. */
const shardOf = (call: number) => ({ usageShard: String(call) });
/** The next 8 entries have ended. Of the 17 oldest, 9 have ended, and 8 must make room. */
const countingMany = async ({ acme, redis }: CaseGround, call: number) => {
  const { usageShard } = shardOf(call);
  await acme.scripts.quota.reset({ usageShard });
  const entries = Array.from({ length: 25 }, (_, place) => ({ name: `other-${place}`, number: place + 1 }));
  const endOf = (place: number) => (place < 8 ? Date.now() + HOUR_MS : 1);
  const sizes = entries.map(({ name }, place) => [`=${name}`, `1000 ${endOf(place)}`]);
  await redis.zadd(
    keys.cacheUsage(SCOPE, usageShard),
    ...entries.flatMap(({ name, number }) => [number, name]),
  );
  await redis.hset(keys.cacheSizes(SCOPE, usageShard), {
    ...Object.fromEntries(sizes),
    bytes: 25_000,
    number: 25,
    checked: 17,
  });
  return { ...countOf(usageShard, call), maxEntries: 1 };
};
const forgetting = async (ground: CaseGround, call: number) => {
  const entry = `entry-${call}`;
  await count(ground, "1", entry);
  return { usageShard: "1", entry };
};
const usage = (ground: CaseGround) =>
  ground
    .once("usage", async () => {
      for (let entry = 0; entry < 100; entry++) await count(ground, "2", `entry-${entry}`);
    })
    .then(() => ({ usageShard: "2" }));
const resetting = async (ground: CaseGround, call: number) => {
  await count(ground, shardOf(call).usageShard, "lamp");
  return shardOf(call);
};

export const quota = [
  path(q.count, "below the quota", counting, { outcome: "counted" }),
  atLimit(q.count, "17 entries have ended, and 8 are evicted", countingMany, { outcome: "counted" }),
  path(q.forget, "forgotten", forgetting, { outcome: "forgotten" }),
  atLimit(q.forget, "forgotten", forgetting, { outcome: "forgotten" }),
  path(q.read, "100 entries", usage),
  atLimit(q.read, "100 entries", usage),
  path(q.reset, "one entry", resetting, { outcome: "reset" }),
  atLimit(q.reset, "one entry", resetting, { outcome: "reset" }),
];
