import { setTimeout as pause } from "node:timers/promises";
import { ownClient, taskOf, tell, text, whole } from "../support/worker-side.js";

// A worker without claims: what is due is taken out of the set first and dealt with then.
const task = taskOf();
const { redis } = ownClient(task);
const [due, results] = [text(task, "due"), text(task, "results")];

for (;;) {
  const popped = await redis.zpopmin(due, whole(task, "limit"));
  const items = popped.filter((_, place) => place % 2 === 0);
  if (items.length === 0) break;
  tell("in mid-batch");
  await pause(whole(task, "pauseMs"));
  await redis.hset(results, Object.fromEntries(items.map((item) => [item, 1])));
}
redis.disconnect();
process.exit(0);
