import { startProxy } from "../../../src/testing/index.js";
import type { Ground } from "../benchmark.js";
import type { Figures } from "../processes/rounds.js";
import { compare, inFlight } from "./compare.js";

/** The added time of a round trip, as between machines of one data centre. */
export const ADDED_MS = 0.5;
/** How the cases name both networks. */
export const NETWORKS = [`${ADDED_MS} ms of network added`, "loopback"] as const;
export type Network = (typeof NETWORKS)[number];

/** Rounds of contestants that make one call after another, in both networks. */
export async function inNetworks(
  ground: Ground,
  names: readonly string[],
): Promise<(network: Network, name: string) => Figures> {
  const proxy = await startProxy(ground.server);
  ground.defer(() => proxy.stop());
  proxy.delay(ADDED_MS / 2);
  const [slow, fast] = [await ground.start(names, proxy.url), await ground.start(names)];
  const load = inFlight(1, ground);
  const [inSlow, inFast] = [await compare(ground, slow, load), await compare(ground, fast, load)];
  return (network, name) => (network === "loopback" ? inFast : inSlow)(name);
}
