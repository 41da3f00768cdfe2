import type { Tenant } from "../../generated/ts/index.js";
import type { ChannelMessage, HashReads, Listening, SortedSetReads } from "../client/index.js";
import { ArgumentError } from "../core/errors.js";
import { readFrom } from "../core/read-from.js";

/**
 * The parts of a client that a worker of all tenants uses. `createMoonpath` returns such a client, and
 * so does the client of a domain that has workers.
 */
export interface SlotClient<Domains extends keyof Tenant = "slot"> {
  readonly namespace: string;
  scriptsOf<Domain extends Domains>(tenant: string, domain: Domain): Pick<Tenant, Domains>[Domain];
  listen(channel: string, wake: () => void): Listening;
  listenPattern(pattern: string, wake: (message?: ChannelMessage) => void): Listening;
  readSortedSets(keys: readonly string[], count: number, from?: readonly number[]): Promise<SortedSetReads>;
  readHashes(keys: readonly string[]): Promise<HashReads>;
}

/** @throws ArgumentError unless it has these functions, which a tenant does not have */
export function checkedClient<Client extends SlotClient>(
  client: Client,
  ...names: readonly (keyof Client)[]
): Client {
  const expected = "what createMoonpath returns";
  const hasAll = readFrom(
    "moonpath",
    () =>
      ["scriptsOf", "listen", "listenPattern", "readSortedSets", "readHashes", ...names].every(
        (name) => typeof Reflect.get(client, name) === "function",
      ),
    undefined,
    expected,
  );
  if (!hasAll) throw new ArgumentError("moonpath", expected);
  return client;
}
