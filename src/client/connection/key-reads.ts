import type { Connection } from "./connection.js";
import type { Topology } from "./topology.js";

/** A reading command of one key. */
export type KeyRead =
  | readonly [command: "GET", key: string]
  | readonly [command: "GETRANGE", key: string, from: string, to: string];

/**
 * Sends readings of single keys, one write for each node. It has no time limit of its own, and rejects if a
 * connection is lost.
 *
 * @returns the replies in the order of the commands; undefined for one that the server has refused, or
 * whose node cannot be asked now
 */
export async function readKeys(
  topology: Topology,
  reads: readonly KeyRead[],
): Promise<readonly (Buffer | null | undefined)[]> {
  const byNode = new Map<Connection, number[]>();
  for (const [place, [, key]] of reads.entries()) {
    const connection = topology.connectionFor(key);
    const places = connection && byNode.get(connection);
    if (places) places.push(place);
    else if (connection) byNode.set(connection, [place]);
  }
  const values: (Buffer | null | undefined)[] = new Array(reads.length);
  const asked = [...byNode].map(async ([connection, places]) => {
    const replies = await connection.readBuffers(places.map((place) => reads[place] ?? NOTHING));
    for (const [index, place] of places.entries()) {
      const { reply, error } = replies[index] ?? {};
      if (!error) values[place] = Buffer.isBuffer(reply) ? reply : null;
    }
  });
  await Promise.all(asked);
  return values;
}

const NOTHING: readonly string[] = ["PING"];
