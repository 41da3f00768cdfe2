import { onTestFinished } from "vitest";
import { type ClaimedItem, createExpiryWorker, type ExpiryWorkerOptions } from "../../../src/expiry/index.js";
import type { FreshTenant } from "../tenant.js";

/** The set that these workers have. */
export const queue = "offers";
/** Next to no pause between attempts. */
export const retryDelayMs = { firstMs: 1, maxMs: 2 };

/** A worker that works, until the test is over. */
export function startedWorker(
  { tenant }: FreshTenant,
  options: Omit<ExpiryWorkerOptions, "queue"> & { readonly queue?: string },
) {
  const worker = createExpiryWorker(tenant, { queue: queue, retryDelayMs, ...options });
  onTestFinished(async () => {
    await worker.stop({ graceMs: 0 });
  });
  worker.start();
  return worker;
}

export const names = (items: readonly ClaimedItem[]) => items.map(({ item }) => item);

export async function track({ tenant }: FreshTenant, items: readonly string[], dueMs = 0): Promise<void> {
  await Promise.all(items.map((item) => tenant.expiry.track({ queue: queue, item, dueMs })));
}

/** Every key that a queue leaves behind, except those with a TTL: claims and operations. */
export async function leftOf({ redis, scope }: FreshTenant): Promise<readonly string[]> {
  const left = await redis.keys(`${scope.namespace}:{acme:${queue}}:*`);
  return left.filter((key) => !/:(claim|expiry-operation):/.test(key));
}
