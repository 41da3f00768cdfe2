import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { warmUp } from "../shop/cache/warm-up.js";
import type { OpenShop } from "../shop/open.js";
import type { AutocannonResult, AutocannonTask } from "./autocannon-process.js";
import type { QueryCounts } from "./counted-pool.js";
import { fillShop, runName } from "./fill.js";
import type { BrowseOptions } from "./run.js";

/** The load of one run, and the statements that it has made. */
export interface AutocannonRun extends AutocannonResult {
  readonly queries: number;
}

/** Fills the shop, warms its caches up, and lets autocannon send the requests of the plan. */
export async function loadShop(
  shop: OpenShop,
  counts: QueryCounts,
  { seed, products, visitors, seconds, batchOf }: BrowseOptions & Pick<AutocannonTask, "batchOf">,
  signal: AbortSignal,
): Promise<AutocannonRun> {
  await fillShop(shop, seed, products);
  if (shop.caches.isOn) await warmUp(shop.catalogue, shop.books, signal);
  const before = counts.all;
  const url = `http://${shop.host}:${shop.port}`;
  const result = await inProcess(
    { url, connections: visitors, seconds, seed, products, run: runName(), batchOf },
    signal,
  );
  return { ...result, queries: counts.all - before };
}

async function inProcess(task: AutocannonTask, signal: AbortSignal): Promise<AutocannonResult> {
  const child = fork(fileURLToPath(new URL("autocannon-process.ts", import.meta.url)), { signal });
  const ended = once(child, "exit").then(() => Promise.reject(new Error("autocannon has ended early")));
  ended.catch(() => undefined);
  child.send(task);
  const [result]: AutocannonResult[] = await Promise.race([once(child, "message"), ended]);
  if (result === undefined) throw new Error("autocannon has no result");
  return result;
}

/** One line for a run. */
export function describeLoad(
  name: string,
  { requests, seconds, p50, p99, refused, failed, queries }: AutocannonRun,
): string {
  const rate = (requests / seconds).toFixed(0);
  return `${name}: ${rate} requests/s, p50 ${p50} ms, p99 ${p99} ms, ${perRequest(queries, requests)} queries a request, ${refused} refused, ${failed} failed`;
}

/** What caches change, with the claims of the document that the shop follows. */
export function compareLoads(off: AutocannonRun, on: AutocannonRun): string[] {
  const times = on.requests / on.seconds / (off.requests / off.seconds);
  const less = (one: number, other: number) => `${((1 - other / one) * 100).toFixed(1)} %`;
  return [
    `requests/s: ${times.toFixed(2)} times (the seeds say 10)`,
    `p50: ${less(off.p50, on.p50)} less (70 to 90 %)`,
    `p99: ${less(off.p99, on.p99)} less`,
    `queries of a request: ${less(off.queries / off.requests, on.queries / on.requests)} less (85 to 90 %)`,
  ];
}

function perRequest(queries: number, requests: number): string {
  return (queries / Math.max(1, requests)).toFixed(3);
}
