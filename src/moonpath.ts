import * as generated from "../generated/ts/index.js";
import type { ClientOptions, RedisLike, Scope } from "./client/index.js";
import { checkedScope } from "./client/index.js";
import { createRunOnce, type RunOnce } from "./idempotency/index.js";
import { createLock, type Lock, WaitQueues } from "./lock/index.js";

/** The generated functions of one tenant, by domain and operation. */
export type TenantScripts = generated.Tenant;

/** Runs a request once (`run`), and marks an event as seen (`mark`). */
export interface Idempotency extends Pick<TenantScripts["idempotency"], "mark"> {
  readonly run: RunOnce;
}

/**
 * One tenant. Each domain is what a service should use: the guarantee where there is one (`lock`, `idempotency`), else the
 * generated functions. `scripts` always has the generated functions.
 */
export interface Tenant extends Omit<TenantScripts, "lock" | "idempotency"> {
  /** Locks that are renewed while work goes on: `acme.lock.using("nightly", {}, async ({ signal, fence }) => …)`. */
  readonly lock: Lock;
  /** Runs a request once and replays its reply: `acme.idempotency.run("order-17", order, ({ fence }) => place(order, fence))`. */
  readonly idempotency: Idempotency;
  /** The generated function of each script: `acme.scripts.lock.acquire({ … })`. */
  readonly scripts: TenantScripts;
  /** Namespace and tenant, as the key builders take them: `keys.due(acme.scope, "offers")`. */
  readonly scope: Scope;
  /** As `Moonpath.listen`. */
  readonly listen: generated.Client["listen"];
}

/** A client of Moonpath's scripts: `moonpath.tenant("acme")` gives everything for one tenant. */
export interface Moonpath extends Omit<generated.Client, "tenant"> {
  /** A tenant's name is 1 to 64 characters of `A-Z a-z 0-9 _ . -`. It is cheap to call. */
  tenant(name: string): Tenant;
}

/** Makes a client for a connection or a cluster of ioredis or iovalkey. You close the connection yourself. */
export function createMoonpath(redis: RedisLike, options?: ClientOptions): Moonpath {
  const client = generated.createClient(redis, options);
  const { listen } = client;
  const waitQueues = new WaitQueues(listen);
  return {
    ...client,
    tenant(name) {
      const scripts = client.tenant(name);
      const scope = checkedScope({ namespace: client.namespace, tenant: name });
      return {
        ...scripts,
        lock: createLock({ scope, scripts: scripts.lock, waitQueues }),
        idempotency: { run: createRunOnce(scripts.idempotency), mark: scripts.idempotency.mark },
        scripts,
        scope,
        listen,
      };
    },
  };
}
