import { onTestFinished } from "vitest";
import {
  type ClaimedItem,
  createExpiryWorker,
  type ExpiryClient,
  type ExpiryWorkerOptions,
} from "../../../src/expiry/index.js";
import type { TenantScripts } from "../../../src/index.js";
import { freshNamespace } from "../redis.js";
import { type FreshTenant, freshTenant } from "../tenant.js";

/** The queue that these workers have. */
export const queue = "offers";
/** The queue's only shard. */
export const queueShard = "0";
/** Next to no pause between attempts. */
export const retryDelayMs = { firstMs: 1, maxMs: 2 };

/** A tenant whose queue has one shard, so that all items are in one claim. */
export function freshSite(): FreshTenant {
  return freshTenant(freshNamespace(), { [queue]: { shards: 1 } });
}

/** A worker that works, until the test is over. */
export function startedWorker(
  { moonpath }: { readonly moonpath: ExpiryClient },
  options: Omit<ExpiryWorkerOptions, "queue"> & { readonly queue?: string },
) {
  const worker = createExpiryWorker(moonpath, { queue, retryDelayMs, ...options });
  onTestFinished(async () => {
    await worker.stop({ graceMs: 0 });
  });
  worker.start();
  return worker;
}

/** The client with other functions in place of some scripts. */
export function withScripts(
  { moonpath }: Pick<FreshTenant, "moonpath">,
  replace: (expiry: TenantScripts["expiry"], tenant: string) => Partial<TenantScripts["expiry"]>,
): { readonly moonpath: ExpiryClient } {
  const scriptsOf: ExpiryClient["scriptsOf"] = (tenant, domain) => {
    const scripts = moonpath.tenant(tenant).scripts;
    const { expiry } = scripts;
    return { ...scripts, expiry: { ...expiry, ...replace(expiry, tenant) } }[domain];
  };
  return { moonpath: { ...moonpath, scriptsOf } };
}

export const names = (items: readonly ClaimedItem[]) => items.map(({ item }) => item);

export async function track({ tenant }: FreshTenant, items: readonly string[], dueMs = 0): Promise<void> {
  await Promise.all(items.map((item) => tenant.expiry.track({ queue, item, dueMs })));
}

/** Every key that a queue leaves behind, except those with a TTL: claims and operations. */
export async function leftOf({ redis, scope }: FreshTenant): Promise<readonly string[]> {
  const shards = await redis.keys(`${scope.namespace}:{acme:${queue}:*}:*`);
  const indexes = await redis.keys(`${scope.namespace}:{*}:slot-queue:*`);
  return [...shards, ...indexes].filter((key) => !/:(claim|expiry-operation):/.test(key));
}
