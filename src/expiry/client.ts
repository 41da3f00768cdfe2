import type { Expiry } from "../queues/index.js";
import type { SlotClient } from "../slots/index.js";

/**
 * The parts of a client that a worker of all tenants uses. `createMoonpath` and `createExpiryClient`
 * return such a client.
 */
export interface ExpiryClient extends SlotClient<"expiry" | "slot"> {
  tenant(name: string): { readonly expiry: Expiry };
  shardsOf(queue: string): Promise<number | undefined>;
}
