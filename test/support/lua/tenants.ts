import type { Cluster, Redis } from "ioredis";
import type { Scope } from "../../../src/client/index.js";
import { createMoonpath, type Tenant } from "../../../src/index.js";
import { freshNamespace, sharedRedis } from "../redis.js";

/** A tenant in a namespace that no other test uses. */
export interface TestTenant<Client extends Redis | Cluster> {
  readonly redis: Client;
  readonly scope: Scope;
  readonly tenant: Tenant;
}

// Long enough for a machine that is busy with other tests.
const deadlineMs = 15_000;

/** The tenant of these tests on a connection of its own choice. */
export function tenantOn<Client extends Redis | Cluster>(
  redis: Client,
  namespace: string = freshNamespace(),
  name = "acme",
): TestTenant<Client> {
  const tenant = createMoonpath(redis, { namespace, deadlineMs }).tenant(name);
  return { redis, scope: { namespace, tenant: name }, tenant };
}

/** A tenant on a new connection to the run's shared Redis. */
export function freshTenant(): TestTenant<Redis> {
  return tenantOn(sharedRedis());
}
