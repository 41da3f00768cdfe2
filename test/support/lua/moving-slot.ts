import { Redis } from "ioredis";
import { SLOTS, slotOf } from "../../../src/client/connection/slot.js";
import type { EncodedCall } from "../../../src/client/index.js";
import { type RedisCluster, redisFromUrl, startRedisCluster } from "../../../src/testing/index.js";
import { afterFile } from "../cleanup.js";
import { type Snapshot, snapshot } from "./late/snapshot.js";

/** The reply of a script, or the error that Redis answered. */
export type Answer = { readonly reply: unknown } | { readonly error: string };

/** Which of the two nodes a call goes to, while its slot moves from the one to the other. */
export type Side = "source" | "target";

/** Two masters of a cluster of the test file's own. A slot moves from its owner to the other one. */
export class MovingSlots {
  readonly #nodes: readonly [Redis, Redis];
  readonly #ids: readonly [string, string];
  /** The slots that are not with their first owner. */
  readonly #moved = new Set<number>();

  private constructor(nodes: readonly [Redis, Redis], ids: readonly [string, string]) {
    this.#nodes = nodes;
    this.#ids = ids;
  }

  static async start(): Promise<MovingSlots> {
    const cluster = await startRedisCluster({ own: true, masters: 2, replicasPerMaster: 0 });
    afterFile(() => cluster.stop());
    const nodes = [clientOf(cluster, 0), clientOf(cluster, 1)] as const;
    const ids = [String(await nodes[0].cluster("MYID")), String(await nodes[1].cluster("MYID"))] as const;
    return new MovingSlots(nodes, ids);
  }

  /**
   * Whether the slot of these keys belongs to the first node and has not moved yet. Only such slots may
   * move. If nodes gave slots to each other in turn, an old message with a higher epoch could give a
   * slot back, and the node that loses it removes its keys.
   */
  isFresh(keys: readonly string[]): boolean {
    const slot = this.#slotOf(keys);
    return slot < SLOTS / 2 && !this.#moved.has(slot);
  }

  /** Ends all moves of the slot of these keys without a new owner, and removes all keys. */
  async reset(keys: readonly string[]): Promise<void> {
    for (const node of this.#nodes) {
      await node.cluster("SETSLOT", this.#slotOf(keys), "STABLE");
      await node.flushall();
    }
  }

  /** Runs a command on the owner of the slot of these keys. */
  command(keys: readonly string[], name: string, args: readonly string[]): Promise<unknown> {
    return this.#node(this.#slotOf(keys), "source").call(name, ...args);
  }

  /** Reads keys on their owner. */
  read(keys: readonly string[]): Promise<Snapshot> {
    return snapshot(this.#node(this.#slotOf(keys), "source"), keys);
  }

  /** Begins to move the slot of these keys, and moves `count` of those that exist. */
  async begin(keys: readonly string[], count: number): Promise<void> {
    const slot = this.#slotOf(keys);
    await this.#node(slot, "target").cluster("SETSLOT", slot, "IMPORTING", this.#id(slot, "source"));
    await this.#node(slot, "source").cluster("SETSLOT", slot, "MIGRATING", this.#id(slot, "target"));
    await this.#migrate(slot, count);
  }

  /** Sends a script to one side, as a client that follows ASK does. */
  async send(side: Side, lua: string, { keys, args }: EncodedCall): Promise<Answer> {
    const node = this.#node(this.#slotOf(keys), side);
    const words = [lua, keys.length, ...keys, ...args] as const;
    try {
      if (side === "source") return { reply: await node.eval(...words) };
      const answers = await node
        .pipeline()
        .asking()
        .eval(...words)
        .exec();
      const [error, reply] = answers?.at(-1) ?? [];
      if (error) throw error;
      return { reply };
    } catch (error) {
      if (error instanceof Error && error.name === "ReplyError") return { error: error.message };
      throw error;
    }
  }

  /** Ends the move: all keys go to the target, which is the owner from now on. */
  async end(keys: readonly string[]): Promise<void> {
    const slot = this.#slotOf(keys);
    await this.#migrate(slot, keys.length);
    const id = this.#id(slot, "target");
    // The new owner learns it first, because no node may believe that the slot has no owner.
    for (const side of ["target", "source"] as const) {
      await this.#node(slot, side).cluster("SETSLOT", slot, "NODE", id);
    }
    if (!this.#moved.delete(slot)) this.#moved.add(slot);
  }

  async #migrate(slot: number, count: number): Promise<void> {
    if (count === 0) return;
    const [from, to] = [this.#node(slot, "source"), this.#node(slot, "target")];
    const found = (await from.cluster("GETKEYSINSLOT", slot, count)).map(String);
    if (found.length === 0) return;
    const { host, port, password } = to.options;
    const auth = password ? ["AUTH", password] : [];
    await from.call("MIGRATE", [`${host}`, `${port}`, "", "0", "5000", ...auth, "KEYS", ...found]);
  }

  #node(slot: number, side: Side): Redis {
    return this.#nodes[this.#positionOf(slot, side)];
  }

  #id(slot: number, side: Side): string {
    return this.#ids[this.#positionOf(slot, side)];
  }

  /** At the start, the first half of the slots belongs to the first node. */
  #positionOf(slot: number, side: Side): 0 | 1 {
    const isFirst = slot < SLOTS / 2 !== this.#moved.has(slot);
    return isFirst === (side === "source") ? 0 : 1;
  }

  #slotOf([key = ""]: readonly string[]): number {
    return slotOf(key);
  }
}

function clientOf({ nodes }: RedisCluster, position: number): Redis {
  const client = redisFromUrl(nodes[position]?.url ?? "");
  if (!(client instanceof Redis)) throw new Error("The URL names several servers.");
  afterFile(() => client.disconnect());
  return client;
}
