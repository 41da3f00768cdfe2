import { EventEmitter } from "node:events";
import type { RedisCluster, RedisNode } from "../connection/redis.js";
import { SLOTS, slotOf } from "../connection/slot.js";
import type { NodeRedisClient, NodeRedisCluster } from "./node-redis.js";
import { type NodeAddress, NodeRedisConnection } from "./node-redis-connection.js";
import { PLAIN } from "./replies.js";
import { type SlotRange, slotRanges } from "./slot-ranges.js";

/** How long one node may take to send the slot table. */
const REFRESH_LIMIT_MS = 1_000;

interface Node {
  readonly client: NodeRedisClient;
  readonly connection: NodeRedisConnection;
  /** Whether this adapter opened it. */
  readonly isOwn: boolean;
}

/**
 * A cluster of node-redis with the interface that the client has for a cluster of ioredis.
 *
 * It reads the slot table itself: node-redis 5 reads it only after MOVED, and waits until it has reached all
 * nodes of the table, also those that are down. It uses the connections of node-redis, and duplicates one of
 * them for a node that node-redis does not know yet.
 */
export class NodeRedisClusterConnection implements RedisCluster {
  readonly isCluster = true;
  readonly options: { readonly keyPrefix?: string | undefined } = {};
  readonly #cluster: NodeRedisCluster;
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #nodes = new Map<string, Node>();
  /** Nodes that an ASK named. They may own no slot. */
  readonly #asked = new Set<string>();
  #slots: readonly (readonly string[])[] = [];
  #masters: readonly string[] = [];
  #wasOpen = false;
  #listeners = 0;

  constructor(cluster: NodeRedisCluster) {
    this.#cluster = cluster;
    this.#takeTable();
  }

  get status(): string {
    const { isOpen } = this.#cluster;
    this.#wasOpen ||= isOpen;
    if (!isOpen) return this.#wasOpen ? "end" : "wait";
    return this.#masters.length > 0 ? "ready" : "connecting";
  }

  get slots(): readonly (readonly string[])[] {
    return this.#slots;
  }

  async connect(): Promise<void> {
    if (!this.#cluster.isOpen) await this.#cluster.connect();
  }

  on(event: string, listener: (...args: unknown[]) => void): this {
    if (this.#listeners++ === 0) this.#attach();
    this.#events.on(event, listener);
    return this;
  }

  off(event: string, listener: (...args: unknown[]) => void): this {
    const before = this.#events.listenerCount(event);
    this.#events.off(event, listener);
    this.#listeners -= before - this.#events.listenerCount(event);
    if (this.#listeners === 0) this.#detach();
    return this;
  }

  listenerCount(event: string): number {
    return this.#cluster.listenerCount(event);
  }

  nodes(role: "master" | "all"): readonly RedisNode[] {
    const addresses = role === "master" ? this.#masters : [...this.#masters, ...this.#asked];
    return [...new Set(addresses)].flatMap((address) => this.#nodeAt(address)?.connection ?? []);
  }

  /** Sends a command to the owner of its first key, `args[2]`. It connects to a node that an ASK names. */
  async call(command: string, args: string[]): Promise<unknown> {
    const [owner] = this.#slots[slotOf(args[2] ?? "")] ?? [];
    const node = owner === undefined ? undefined : this.#nodeAt(owner);
    if (node === undefined) throw new Error("no node of the cluster is known to own the slot");
    try {
      return await node.connection.call(command, args);
    } catch (error) {
      const [kind, , address] = error instanceof Error ? error.message.split(" ") : [];
      if (kind === "ASK" && address !== undefined) this.#asked.add(address);
      throw error;
    }
  }

  refreshSlotsCache(callback: (error?: unknown) => void): void {
    this.#refresh().then(() => callback(), callback);
  }

  async #refresh(): Promise<void> {
    for (const { client, connection } of this.#readyNodes()) {
      const limit = AbortSignal.timeout(REFRESH_LIMIT_MS);
      const ended = new Promise<undefined>((resolve) =>
        limit.addEventListener("abort", () => resolve(undefined), { once: true }),
      );
      const asked = client.sendCommand(["CLUSTER", "SLOTS"], {
        typeMapping: PLAIN,
        abortSignal: limit,
        timeout: 0,
      });
      const reply = await Promise.race([asked.catch(() => undefined), ended]);
      const ranges = slotRanges(reply, connection.options.host ?? "");
      if (ranges.length === 0) continue;
      this.#useRanges(ranges);
      return;
    }
    throw new Error("no node of the cluster sends its slot table");
  }

  /** The connected nodes in random order, so that a node with an old table is not always the first. */
  #readyNodes(): Node[] {
    const known = [...this.#nodes.values()].filter(({ client }) => client.isReady);
    return known
      .map((node) => ({ node, rank: Math.random() }))
      .sort((one, other) => one.rank - other.rank)
      .map(({ node }) => node);
  }

  /** The table that node-redis has read when it connected. */
  #takeTable(): void {
    const { isOpen, masters, slots } = this.#cluster;
    if (!isOpen || masters.length === 0) return;
    this.#slots = Array.from({ length: SLOTS }, (_, slot) => {
      const address = slots[slot]?.master.address;
      return address === undefined ? [] : [address];
    });
    this.#masters = masters.map(({ address }) => address);
    for (const address of this.#masters) this.#nodeAt(address);
  }

  #useRanges(ranges: readonly SlotRange[]): void {
    const slots: (readonly string[])[] = new Array(SLOTS).fill([]);
    for (const { first, last, addresses } of ranges) slots.fill(addresses, first, last + 1);
    this.#slots = slots;
    this.#masters = [...new Set(ranges.flatMap(({ addresses }) => addresses.slice(0, 1)))];
    for (const address of this.#masters) this.#asked.delete(address);
    for (const [address, node] of this.#nodes) {
      if (this.#masters.includes(address) || this.#asked.has(address)) continue;
      this.#nodes.delete(address);
      destroy(node);
    }
    for (const address of this.#masters) this.#nodeAt(address);
    this.#events.emit("+node");
  }

  /** The connection to a node; undefined while no connection exists from which it could be made. */
  #nodeAt(address: string): Node | undefined {
    const known = this.#nodes.get(address);
    const given = this.#cluster.nodeByAddress.get(address)?.client;
    // node-redis replaces the connection of a node that it could not reach.
    const isLost = known !== undefined && !known.client.isOpen;
    if (known !== undefined && !isLost) return known;
    const client = given?.isOpen ? given : this.#opened(address);
    if (client === undefined) return undefined;
    const node = {
      client,
      connection: new NodeRedisConnection(client, addressOf(address)),
      isOwn: client !== given,
    };
    this.#nodes.set(address, node);
    client.on("ready", this.#onNodeReady);
    return node;
  }

  readonly #onNodeReady = () => void this.#events.emit("+node");

  /** A duplicate of any connection of the cluster, which leads to this address. */
  #opened(address: string): NodeRedisClient | undefined {
    const template = [...this.#cluster.nodeByAddress.values()].find(
      ({ client }) => client !== undefined,
    )?.client;
    if (template === undefined || !this.#cluster.isOpen) return undefined;
    const client = template.duplicate({ socket: { ...template.options?.socket, ...addressOf(address) } });
    client.on("error", () => {}); // The connection's own events report it.
    client.connect().catch(() => {});
    return client;
  }

  readonly #onConnect = () => {
    this.#takeTable();
    this.#events.emit("ready");
  };

  readonly #onError = (error: unknown) => {
    if (this.#events.listenerCount("error") > 0) this.#events.emit("error", error);
    if (!this.#cluster.isOpen) this.#events.emit("end");
  };

  readonly #onDisconnect = () => {
    this.#destroyOwn();
    this.#events.emit("end");
  };

  #attach(): void {
    this.#wasOpen ||= this.#cluster.isOpen;
    if (this.#masters.length === 0) this.#takeTable();
    for (const { client } of this.#nodes.values()) {
      client.off("ready", this.#onNodeReady);
      client.on("ready", this.#onNodeReady);
    }
    this.#cluster.on("connect", this.#onConnect);
    this.#cluster.on("error", this.#onError);
    this.#cluster.on("disconnect", this.#onDisconnect);
  }

  #detach(): void {
    this.#cluster.off("connect", this.#onConnect);
    this.#cluster.off("error", this.#onError);
    this.#cluster.off("disconnect", this.#onDisconnect);
    for (const { client } of this.#nodes.values()) client.off("ready", this.#onNodeReady);
    this.#destroyOwn();
  }

  #destroyOwn(): void {
    for (const [address, node] of this.#nodes) {
      if (!node.isOwn) continue;
      this.#nodes.delete(address);
      destroy(node);
    }
  }
}

function destroy({ client, isOwn }: Node): void {
  if (isOwn && client.isOpen) client.destroy();
}

function addressOf(address: string): NodeAddress {
  const colon = address.lastIndexOf(":");
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}
