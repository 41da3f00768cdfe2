import type { Tenant } from "../../generated/ts/index.js";
import type { ChannelMessage, HashReads, Listening, SortedSetReads } from "../client/index.js";

/** The parts of a client that a worker of all tenants uses. `createMoonpath` returns such a client. */
export interface SlotClient {
  readonly namespace: string;
  scriptsOf<Domain extends keyof Tenant>(tenant: string, domain: Domain): Tenant[Domain];
  listen(channel: string, wake: () => void): Listening;
  listenPattern(pattern: string, wake: (message?: ChannelMessage) => void): Listening;
  readSortedSets(keys: readonly string[], count: number, from?: readonly number[]): Promise<SortedSetReads>;
  readHashes(keys: readonly string[]): Promise<HashReads>;
}
