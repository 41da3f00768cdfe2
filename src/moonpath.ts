import * as generated from "../generated/ts/index.js";
import type { ClientOptions, RedisLike, Scope } from "./client/index.js";
import { createScope } from "./client/script/scope.js";
import { createIdempotent, type Idempotent } from "./idempotency/run.js";
import { createLocks, type Locks } from "./lock/lock.js";
import { WaitQueues } from "./lock/wait-queues.js";

/** What stands beside a tenant's scripts, built on them. */
export interface Guarantees {
  /** Namespace and tenant, as the key builders take them: `keys.due(acme.scope, "offers")`. */
  readonly scope: Scope;
  /** As `Moonpath.listen`. */
  readonly listen: generated.Moonpath["listen"];
  /** Locks that are renewed by themselves: `acme.locks.using("nightly", {}, async ({ signal, fence }) => …)`. */
  readonly locks: Locks;
  /** Runs a request once, and replays its reply: `acme.idempotent("order-17", order, ({ fence }) => place(order, fence))`. */
  readonly idempotent: Idempotent;
}

/** What guarantees are built from. */
export interface TenantContext {
  readonly scope: Scope;
  /** The tenant's scripts. */
  readonly scripts: generated.Tenant;
  readonly listen: generated.Moonpath["listen"];
  /** Who waits for a lock, over all tenants of the client. */
  readonly waitQueues: WaitQueues;
}

/** One tenant: its scripts as typed functions, by domain and operation, and the guarantees built on them. */
export type Tenant = generated.Tenant & Guarantees;

/** A client of Moonpath's scripts: `moonpath.tenant("acme")` gives what there is for a tenant. */
export interface Moonpath extends Omit<generated.Moonpath, "tenant"> {
  /** A tenant's name is 1 to 64 characters of `A-Z a-z 0-9 _ . -`. Cheap; make it at will. */
  tenant(name: string): Tenant;
}

/** Makes a client over a connection or a cluster of ioredis or iovalkey. The connection stays yours to close. */
export function createMoonpath(redis: RedisLike, options?: ClientOptions): Moonpath {
  const client = generated.createMoonpath(redis, options);
  const lines = new WaitQueues(client.listen);
  return {
    ...client,
    tenant(name) {
      const scripts = client.tenant(name);
      const scope = createScope(client.namespace, name);
      return { ...scripts, ...guaranteesOf({ scope, scripts, listen: client.listen, waitQueues: lines }) };
    },
  };
}

function guaranteesOf({ scope, scripts, listen, waitQueues: lines }: TenantContext): Guarantees {
  return {
    scope,
    listen,
    locks: createLocks({ scope, scripts: scripts.lock, waitQueues: lines }),
    idempotent: createIdempotent(scripts.idempotency),
  };
}
