import { NotSentError } from "../call/failure.js";
import { defaults } from "../defaults.js";
import type { AnyScript, ScriptSet } from "../script/script-set.js";
import { Connection } from "./connection.js";
import { Readiness, type WaitScope } from "./readiness.js";
import type { NatMap, RedisCluster, RedisNode } from "./redis.js";
import { slotOf } from "./slot.js";

/** Which connection leads to a key. */
export interface Topology {
  /** The usable connection to the owner of the key, or undefined while there is none. */
  connectionFor(key: string | undefined): Connection | undefined;
  /** The same, waited for. Rejects with `Down`; bounding the wait is the caller's part. */
  waitForConnection(key: string | undefined, work: WaitScope): Promise<Connection>;
  /** Where a MOVED or ASK error sends the call; undefined where redirections have no meaning. */
  redirected(
    error: Error,
    script: AnyScript,
    key: string | undefined,
    work: WaitScope,
  ): Promise<Connection | undefined>;
  /** Something was wrong with an owner: look soon who owns what now. */
  refreshSoon(): void;
  /** Resolves when every script is loaded on every server that runs scripts. */
  whenLoaded(work: WaitScope): Promise<void>;
  /** Takes all listeners off. */
  dispose(): void;
}

/** A single server, or whatever one Sentinel-managed connection leads to. */
export class SingleServer implements Topology {
  readonly #connection: Connection;

  constructor(redis: RedisNode, library: ScriptSet) {
    this.#connection = new Connection(redis, library);
  }

  connectionFor(): Connection | undefined {
    return this.#connection.isUsable ? this.#connection : undefined;
  }

  async waitForConnection(_key: string | undefined, work: WaitScope): Promise<Connection> {
    await this.#connection.whenUsable(work);
    return this.#connection;
  }

  async redirected(): Promise<undefined> {}

  refreshSoon(): void {}

  whenLoaded(work: WaitScope): Promise<void> {
    return this.#connection.whenLoaded(work);
  }

  dispose(): void {
    this.#connection.dispose();
  }
}

/**
 * A Redis Cluster. Calls go straight to the connection of the node that owns their slot, so that one call is
 * sent by nobody but this client: ioredis' own way through the cluster sends a command again when a node is
 * lost, whether or not it may run twice.
 */
export class ClusterServers implements Topology {
  readonly #cluster: RedisCluster;
  readonly #scripts: ScriptSet;
  readonly #readiness: Readiness;
  readonly #connections = new Map<RedisNode, Connection>();
  #byAddress: Map<string, RedisNode> | undefined;
  #refreshing: Promise<void> | undefined;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  readonly #onNodes = () => this.#nodesChanged();
  #disposed = false;
  /** A node's end is not the cluster's: another one takes its slots over. */
  readonly #asTransient = (error: unknown): never => {
    if (this.#disposed || !(error instanceof NotSentError)) throw error;
    throw new NotSentError("the node that owns the slot cannot be reached");
  };

  constructor(cluster: RedisCluster, library: ScriptSet) {
    this.#cluster = cluster;
    this.#scripts = library;
    this.#readiness = new Readiness(cluster);
    for (const event of nodeEvents) cluster.on(event, this.#onNodes);
    if (cluster.status === "ready") this.#nodesChanged();
  }

  connectionFor(key: string | undefined): Connection | undefined {
    const owner = this.#owner(key);
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

  async redirected(
    error: Error,
    script: AnyScript,
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
    this.#refresh().catch(() => {}); // The attempt that follows tells what is wrong.
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
    const address = this.#cluster.slots[slotOf(key)]?.[0];
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
      connection = new Connection(node, this.#scripts);
      this.#connections.set(node, connection);
    }
    return connection;
  }

  /** Nodes came or went: loads the scripts on new masters and lets go of connections that have ended. */
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
        .catch(() => {}); // A call that needs this node recovers or reports.
    }
  }

  /** Reads the slot table anew; everybody who asks meanwhile shares one reading. */
  #refresh(): Promise<void> {
    this.#refreshing ??= new Promise<void>((resolve) => {
      this.#cluster.refreshSlotsCache(() => resolve());
    }).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /**
   * Makes ioredis connect to a node that owns no slot yet and is known from an ASK alone: ioredis follows the
   * redirection of a command that names the same key. This one names no script, so that nothing runs.
   */
  async #connectToAskedNode(script: AnyScript, key: string | undefined): Promise<void> {
    if (key === undefined) return;
    const nothing = "0".repeat(script.digest.length);
    await this.#cluster.call("evalsha", [nothing, "1", key]).catch(() => {});
    this.#byAddress = undefined;
  }
}

const untilNodeEnds: WaitScope = { whenReleased() {} };

const nodeEvents = ["ready", "+node", "-node"];

function reachableAddress(announced: string, natMap: NatMap | undefined): string {
  const mapped = typeof natMap === "function" ? natMap(announced) : natMap?.[announced];
  return mapped ? `${mapped.host}:${mapped.port}` : announced;
}
