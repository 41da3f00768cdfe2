import { NotSentError } from "../call/failure.js";
import { defaults } from "../defaults.js";
import type { ScriptForm } from "../script/script.js";
import type { ScriptSet } from "../script/script-set.js";
import { checkHasAllSlots } from "./cluster-node.js";
import { Connection } from "./connection.js";
import { Readiness, type RenewedLogin, type WaitScope } from "./readiness.js";
import type { NatMap, RedisCluster, RedisNode } from "./redis.js";
import { slotOf } from "./slot.js";

/** Which connection leads to a key. */
export interface Topology {
  /** Whether one command may only have keys of one slot. */
  readonly isCluster: boolean;
  /** The usable connection to the owner of the key, or undefined while there is none. */
  connectionFor(key: string | undefined): Connection | undefined;
  /**
   * The connection to the owner of a slot, or undefined if that is not known. A single server has all
   * slots, also while its connection is not usable.
   */
  ownerOf(slot: number): Connection | undefined;
  /** Waits for that connection, without a time limit of its own. Rejects with NotSentError. */
  waitForConnection(key: string | undefined, work: WaitScope): Promise<Connection>;
  /** The group of a key: one command may have the keys of one group. */
  groupOf(key: string): number;
  /**
   * Keeps what is written to the owners of these keys, until the returned function is called. So each
   * node gets it in one write.
   */
  holdWrites(keys: readonly (string | undefined)[]): () => void;
  /** The connection to the node that a MOVED or ASK error names; undefined on a single server. */
  redirected(
    error: Error,
    script: ScriptForm,
    key: string | undefined,
    work: WaitScope,
  ): Promise<Connection | undefined>;
  /** A node failed, so its slots may have a new owner: reads the slot table soon. */
  refreshSoon(): void;
  /**
   * Resolves when every script is loaded on every server that runs scripts. Rejects with ArgumentError if
   * a single connection leads to one node of several.
   */
  whenLoaded(work: WaitScope): Promise<void>;
  /** Removes all listeners. */
  dispose(): void;
}

/** A single server, or the primary that a Sentinel connection leads to. */
export class SingleServer implements Topology {
  readonly isCluster = false;
  readonly #redis: RedisNode;
  readonly #connection: Connection;

  constructor(redis: RedisNode, scripts: ScriptSet, login?: RenewedLogin) {
    this.#redis = redis;
    this.#connection = new Connection(redis, scripts, login);
  }

  connectionFor(): Connection | undefined {
    return this.#connection.isUsable ? this.#connection : undefined;
  }

  ownerOf(): Connection {
    return this.#connection;
  }

  async waitForConnection(_key: string | undefined, work: WaitScope): Promise<Connection> {
    await this.#connection.whenUsable(work);
    return this.#connection;
  }

  groupOf(): number {
    return 0;
  }

  holdWrites(): () => void {
    return this.#connection.holdWrites();
  }

  async redirected(): Promise<undefined> {}

  refreshSoon(): void {}

  async whenLoaded(work: WaitScope): Promise<void> {
    await this.#connection.whenLoaded(work);
    if (this.#connection.isClusterNode) await checkHasAllSlots(this.#redis);
  }

  dispose(): void {
    this.#connection.dispose();
  }
}

/**
 * A Redis Cluster. The client sends each call on the connection of the node that owns its slot. It
 * does not use the routing of ioredis, which sends a command again when a node is lost, even if a
 * second run is not safe.
 */
export class ClusterServers implements Topology {
  readonly isCluster = true;
  readonly #cluster: RedisCluster;
  readonly #scripts: ScriptSet;
  readonly #readiness: Readiness;
  readonly #login: RenewedLogin | undefined;
  readonly #connections = new Map<RedisNode, Connection>();
  #byAddress: Map<string, RedisNode> | undefined;
  #refreshing: Promise<void> | undefined;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  readonly #onNodes = () => this.#nodesChanged();
  #disposed = false;
  /**
   * When the connection to one node has ended, another node may take over its slots, so a retry may
   * succeed.
   */
  readonly #asTransient = (error: unknown): never => {
    if (this.#disposed || !(error instanceof NotSentError)) throw error;
    throw new NotSentError("the node that owns the slot cannot be reached");
  };

  constructor(cluster: RedisCluster, scripts: ScriptSet, login?: RenewedLogin) {
    this.#cluster = cluster;
    this.#scripts = scripts;
    this.#login = login;
    this.#readiness = new Readiness(cluster, login);
    for (const event of nodeEvents) cluster.on(event, this.#onNodes);
    if (cluster.status === "ready") this.#nodesChanged();
  }

  connectionFor(key: string | undefined): Connection | undefined {
    const owner = this.#owner(key);
    return owner?.isUsable ? owner : undefined;
  }

  ownerOf(slot: number): Connection | undefined {
    const owner = this.#ownerOf(slot);
    return owner?.isUsable ? owner : undefined;
  }

  async waitForConnection(key: string | undefined, work: WaitScope): Promise<Connection> {
    while (this.#cluster.status !== "ready") await this.#readiness.nextReady(work);
    let owner = this.#owner(key);
    if (!owner) {
      await this.#refresh();
      owner = this.#owner(key);
    }
    if (!owner) throw new NotSentError("no node of the cluster is known to own the slot");
    await owner.whenUsable(work).catch(this.#asTransient);
    return owner;
  }

  groupOf(key: string): number {
    return slotOf(key);
  }

  holdWrites(keys: readonly (string | undefined)[]): () => void {
    const owners = new Set(keys.map((key) => this.connectionFor(key)));
    const releases = [...owners].map((owner) => owner?.holdWrites());
    return () => {
      for (const release of releases) release?.();
    };
  }

  async redirected(
    error: Error,
    script: ScriptForm,
    key: string | undefined,
    work: WaitScope,
  ): Promise<Connection | undefined> {
    const [kind, , announced] = error.message.split(" ");
    if (announced === undefined) return undefined;
    const address = reachableAddress(announced, this.#cluster.options.natMap);
    if (kind === "MOVED") await this.#refresh();
    else if (!this.#nodeAt(address)) await this.#connectToAskedNode(script, key);
    const node = this.#nodeAt(address);
    const target = node ? this.#connectionTo(node) : this.#owner(key);
    await target?.whenUsable(work).catch(this.#asTransient);
    return target;
  }

  refreshSoon(): void {
    const now = performance.now();
    if (now - this.#refreshedAt < defaults.minRefreshIntervalMs.value) return;
    this.#refreshedAt = now;
    this.#refresh().catch(() => {}); // The next attempt reports the error.
  }

  async whenLoaded(work: WaitScope): Promise<void> {
    while (this.#cluster.status !== "ready") await this.#readiness.nextReady(work);
    const masters = this.#cluster.nodes("master").map((node) => this.#connectionTo(node));
    await Promise.all(masters.map((connection) => connection.whenLoaded(work).catch(this.#asTransient)));
  }

  dispose(): void {
    this.#disposed = true;
    for (const event of nodeEvents) this.#cluster.off(event, this.#onNodes);
    for (const connection of this.#connections.values()) connection.dispose();
    this.#connections.clear();
    this.#readiness.dispose();
  }

  #owner(key: string | undefined): Connection | undefined {
    if (key === undefined) {
      const [any] = this.#cluster.nodes("master");
      return any && this.#connectionTo(any);
    }
    return this.#ownerOf(slotOf(key));
  }

  #ownerOf(slot: number): Connection | undefined {
    const address = this.#cluster.slots[slot]?.[0];
    const node = address === undefined ? undefined : this.#nodeAt(address);
    return node && this.#connectionTo(node);
  }

  #nodeAt(address: string): RedisNode | undefined {
    this.#byAddress ??= new Map(
      this.#cluster.nodes("all").map((node) => [`${node.options.host}:${node.options.port}`, node]),
    );
    return this.#byAddress.get(address);
  }

  #connectionTo(node: RedisNode): Connection {
    let connection = this.#connections.get(node);
    if (!connection) {
      connection = new Connection(node, this.#scripts, this.#login);
      this.#connections.set(node, connection);
    }
    return connection;
  }

  /**
   * The nodes have changed: loads the scripts on new masters, and disposes of connections that have
   * ended.
   */
  #nodesChanged(): void {
    this.#byAddress = undefined;
    for (const [node, connection] of this.#connections) {
      if (node.status !== "end") continue;
      connection.dispose();
      this.#connections.delete(node);
    }
    for (const node of this.#cluster.nodes("master")) {
      this.#connectionTo(node)
        .whenLoaded(untilNodeEnds)
        .catch(() => {}); // A call that needs this node loads the script itself or reports the error.
    }
  }

  /** Reads the slot table. Concurrent callers share one read. */
  #refresh(): Promise<void> {
    this.#refreshing ??= new Promise<void>((resolve) => {
      this.#cluster.refreshSlotsCache(() => resolve());
    }).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /**
   * Makes ioredis connect to a node that an ASK names and that owns no slot yet. ioredis follows
   * the redirection of any command with the same key. This EVALSHA names a digest that no script
   * has, so nothing runs.
   */
  async #connectToAskedNode(script: ScriptForm, key: string | undefined): Promise<void> {
    if (key === undefined) return;
    const unknownDigest = "0".repeat(script.digest.length);
    await this.#cluster.call("evalsha", [unknownDigest, "1", key]).catch(() => {});
    this.#byAddress = undefined;
  }
}

/** A wait that only the end of the node's connection ends. */
const untilNodeEnds: WaitScope = { whenReleased() {} };

const nodeEvents = ["ready", "+node", "-node"];

/** The address at which this process reaches a node that the cluster announces. */
function reachableAddress(announced: string, natMap: NatMap | undefined): string {
  const mapped = typeof natMap === "function" ? natMap(announced) : natMap?.[announced];
  return mapped ? `${mapped.host}:${mapped.port}` : announced;
}
