import { setTimeout as pause } from "node:timers/promises";
import { numberField, ownClient, report, taskOf, textField } from "../support/in-worker.js";

// A worker without claims: it removes due items from the set, and handles them after that.
const task = taskOf();
const { redis } = ownClient(task);
const [due, results] = [textField(task, "due"), textField(task, "results")];

for (;;) {
  const popped = await redis.zpopmin(due, numberField(task, "limit"));
  const items = popped.filter((_, place) => place % 2 === 0);
  if (items.length === 0) break;
  report("in mid-batch");
  await pause(numberField(task, "pauseMs"));
  await redis.hset(results, Object.fromEntries(items.map((item) => [item, 1])));
}
redis.disconnect();
process.exit(0);
