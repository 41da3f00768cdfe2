import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { inspect } from "node:util";
import { scripts } from "../../../src/index.js";
import type { RedisCluster } from "../../../src/testing/index.js";
import type { FaultRun } from "../fault-run.js";
import { fillStock, redirections } from "./cluster-load.js";
import { clusterClient, connectCluster } from "./clusters.js";
import { formatNumber } from "./run-concurrently.js";

const WORKERS = 4;

/**
 * The control without redirects: the same script by its digest, sent to the node that the slot
 * table names.
 */
export async function startWithoutRedirects(
  run: FaultRun,
  cluster: RedisCluster,
  products: readonly string[],
) {
  const redis = connectCluster(run, cluster, 0);
  const scope = { namespace: run.name(), tenant: "shop" };
  await fillStock(clusterClient(run, cluster, scope.namespace), products);
  const seen = new Map<string, number>();
  let stopped = false;
  const work = async () => {
    for (let index = 0; !stopped && !run.signal.aborted; index++) {
      const sale = { product: products[index % products.length] ?? "", operation: randomUUID(), change: -1 };
      const terms = { backorder: false, low: 0, rememberMs: 60_000 };
      const call = scripts.stock.adjust.encode(scope, { ...sale, ...terms });
      const rest = [...call.keys, ...call.args];
      await redis.evalsha(scripts.stock.adjust.digest, call.keys.length, ...rest).catch((error: unknown) => {
        const kind = redirections.find((code) => inspect(error).includes(`${code} `)) ?? "other";
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
      });
      await pause(1); // A refusal that needs no answer must not keep everything else waiting.
    }
  };
  const working = Promise.all(Array.from({ length: WORKERS }, work));
  const stop = async () => {
    stopped = true;
    await working;
    const counts = redirections.map((code) => ({ code, count: seen.get(code) ?? 0 }));
    const text = counts.map(({ code, count }) => `${formatNumber(count)} ${code}`).join(", ");
    return { text, count: counts.reduce((sum, { count }) => sum + count, 0) };
  };
  return run.onClose({ stop }, stop);
}
