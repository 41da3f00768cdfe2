import type { Tenant } from "../../generated/ts/index.js";
import type { Listening, Scope } from "../client/index.js";

/** What jobs need of a tenant: its scripts, its place in the keyspace, and to be woken by its messages. */
export interface ExpiryTenant extends Tenant {
  readonly scope: Scope;
  /** Calls `wake` at every message on the channel, and whenever one may have been missed. */
  listen(channel: string, wake: () => void): Listening;
}
