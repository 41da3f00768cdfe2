import type { Tenant } from "../../../src/index.js";

const leaseMs = 3_600_000;

/** Takes a free lock for an hour: what renew and release are called with. */
export async function holding(tenant: Tenant, lock: string, owner = "alice") {
  const reply = await tenant.scripts.lock.acquire({ lock, owner, leaseMs });
  if (reply.outcome !== "acquired") throw new Error(`${lock} is ${reply.outcome}`);
  return { lock, owner, fence: reply.fence, leaseEndsMs: reply.leaseEndsMs };
}

/** Begins a request with an hour's lease: what complete and fail are called with. */
export async function running(tenant: Tenant, request: string, owner = "worker-1") {
  const reply = await tenant.scripts.idempotency.begin({ request, owner, payloadHash: "f00d", leaseMs });
  if (reply.outcome !== "run") throw new Error(`${request} is ${reply.outcome}`);
  return { request, owner, fence: reply.fence, leaseEndsMs: reply.leaseEndsMs };
}
