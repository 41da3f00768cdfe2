import { ArgumentError } from "../core/errors.js";
import type { CacheHost } from "./host.js";

/** What the caches of each client share, by client. It is made when the first cache needs it. */
const hosts = new WeakMap<object, () => CacheHost>();

/** Remembers the host of a client. */
export function setHostOf(client: object, host: () => CacheHost): void {
  hosts.set(client, host);
}

/** @throws ArgumentError unless `createMoonpath` has made the client */
export function hostOf(client: object): CacheHost {
  const host = typeof client === "object" && client !== null ? hosts.get(client) : undefined;
  if (!host) throw new ArgumentError("moonpath", "a client that createMoonpath has made");
  return host();
}
