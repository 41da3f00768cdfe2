import { checkedScope, type Scope, type ScriptClient } from "../client/index.js";

/** What a tenant of each domain's client has, besides the functions of the domain. */
export interface DomainTenant<Scripts> {
  /** The generated function of each script: `acme.scripts.lock.acquire({ … })`. */
  readonly scripts: Scripts;
  /** Namespace and tenant, for the key builders: `keys.stock(acme.scope, "lamp")`. */
  readonly scope: Scope;
  /** The same function as the client's `listen`. */
  readonly listen: ScriptClient<Scripts>["listen"];
}

/**
 * A client with the scripts of one domain, and of those that it needs. `Functions` are the tenant's
 * functions, the same as of `createMoonpath`.
 */
export interface DomainClient<Scripts, Functions> extends Omit<ScriptClient<Scripts>, "tenant"> {
  /**
   * The functions for one tenant. The call is cheap.
   *
   * @throws ArgumentError unless the name has 1 to 64 characters of `A-Z a-z 0-9 _ . -`
   */
  tenant(name: string): Functions & DomainTenant<Scripts>;
}

/** A client whose tenants have these functions. */
export function domainClient<Scripts, Functions extends object>(
  client: ScriptClient<Scripts>,
  functionsOf: (scripts: Scripts, scope: Scope) => Functions,
): DomainClient<Scripts, Functions> {
  const { namespace, listen } = client;
  return {
    ...client,
    tenant(name) {
      const scripts = client.tenant(name);
      const scope = checkedScope({ namespace, tenant: name });
      return { ...functionsOf(scripts, scope), scripts, scope, listen };
    },
  };
}
