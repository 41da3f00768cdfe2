import type { Tenant } from "../../generated/ts/index.js";
import type { Listening, Scope } from "../client/index.js";

/** What a worker needs of a tenant: its scripts, its scope, and messages that wake it. */
export interface ExpiryTenant extends Pick<Tenant, "expiry"> {
  readonly scope: Scope;
  /** Calls `wake` for every message on the channel, and when one may have been missed. */
  listen(channel: string, wake: () => void): Listening;
}

/** What reservations need of a tenant. */
export interface ReservationTenant extends ExpiryTenant, Pick<Tenant, "stock"> {}
