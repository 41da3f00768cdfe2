import { scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";
import { HOUR_MS } from "./items.js";

const { quota: q } = scripts;

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
const countingMany = async (ground: CaseGround, call: number) => {
  const { usageShard } = shardOf(call);
  await ground.acme.scripts.quota.reset({ usageShard });
  for (let entry = 0; entry < 8; entry++) await count(ground, usageShard, `ended-${entry}`, 1);
  for (let entry = 0; entry < 9; entry++) await count(ground, usageShard, `entry-${entry}`);
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
  path(q.count, "below the quota", counting),
  atLimit(q.count, "8 entries have ended, and 8 are evicted", countingMany),
  path(q.forget, "forgotten", forgetting, { outcome: "forgotten" }),
  atLimit(q.forget, "forgotten", forgetting, { outcome: "forgotten" }),
  path(q.read, "100 entries", usage),
  atLimit(q.read, "100 entries", usage),
  path(q.reset, "one entry", resetting, { outcome: "reset" }),
  atLimit(q.reset, "one entry", resetting, { outcome: "reset" }),
];
