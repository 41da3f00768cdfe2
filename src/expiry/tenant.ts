import type { Tenant } from "../../generated/ts/index.js";
import type { Listening, Scope } from "../client/index.js";

/**
 * The parts of a tenant that a worker uses: scripts, scope and messages. Any `moonpath.tenant(…)`
 * has them.
 */
export interface ExpiryTenant extends Pick<Tenant, "expiry"> {
  readonly scope: Scope;
  /** Calls `wake` for every message on the channel, and after a reconnect. */
  listen(channel: string, wake: () => void): Listening;
}
