import { fileURLToPath } from "node:url";
import { expect, inject, test } from "vitest";
import { createWriteQueue } from "../../src/writebehind/index.js";
import { openMoonpath } from "../support/cache/kit.js";
import { run } from "../support/program.js";
import { sharedRedis } from "../support/redis.js";

const PRIMARY = fileURLToPath(new URL("../support/metrics/cluster-primary.ts", import.meta.url));

test("the metrics of several processes of Node's cluster are true sums, and those of Redis and queues are not added", async () => {
  const moonpath = await openMoonpath();
  const queue = createWriteQueue(moonpath, { name: "products" }).tenant("acme");
  for (const key of ["a", "b", "c"]) await queue.enqueue({ key, value: Buffer.from("1") });
  const args = ["--import", "tsx", PRIMARY, inject("redisUrl"), moonpath.namespace, "3", "4"];
  const { status, output, errors } = await run(process.execPath, args, { limitMs: 60_000 });
  expect(errors).toBe("");
  expect(status).toBe(0);
  expect(output).toMatch(/^moonpath_script_calls_total\{script="stock.read",version="[^"]+"\} 7$/m);
  expect(output).toMatch(
    /^moonpath_script_duration_seconds_count\{script="stock.read",version="[^"]+"\} 7$/m,
  );
  expect(output).toMatch(
    /^moonpath_script_duration_seconds_bucket\{le="\+Inf",script="stock.read",version="[^"]+"\} 7$/m,
  );
  expect(output).toContain('moonpath_writebehind_writes{queue="products",write_state="queued"} 3\n');
  expect(output).toContain("conn_dict_cache_write_behind_queue_size 3\n");
  const maxClients = Number(/^redis_max_clients (\d+)$/m.exec(output)?.[1]);
  const redis = Number(/maxclients:(\d+)/.exec(await sharedRedis().info("clients"))?.[1]);
  expect(maxClients).toBe(redis);
});
