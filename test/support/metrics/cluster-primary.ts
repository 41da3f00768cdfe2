/** The primary of Node's cluster: prints the metrics of all its workers. */
import cluster from "node:cluster";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { AggregatorRegistry } from "prom-client";

const [, , url = "", namespace = "", ...calls] = process.argv;
const aggregator = new AggregatorRegistry();
const exec = fileURLToPath(new URL("cluster-worker.ts", import.meta.url));
const workers = calls.map((count) => {
  cluster.setupPrimary({ exec, args: [url, namespace, count] });
  return cluster.fork();
});
await Promise.all(
  workers.map(async (worker) => {
    for (;;) {
      const [message]: unknown[] = await once(worker, "message");
      if (message === "done") return;
    }
  }),
);
process.stdout.write(await aggregator.clusterMetrics());
for (const worker of workers) worker.process.kill();
process.exit(0);
