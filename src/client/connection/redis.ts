import type { NodeRedisClient, NodeRedisCluster } from "../adapters/node-redis.js";

/**
 * A connection or a cluster: `Redis` or `Cluster` of ioredis 5 or 6, or of iovalkey, or what
 * `createClient` or `createCluster` of node-redis 5 or 6 returns.
 */
export type RedisLike = ConnectionOfIoredis | NodeRedisClient | NodeRedisCluster;

/** A connection or a cluster with the interface of ioredis. */
export type ConnectionOfIoredis = RedisNode | RedisCluster;

/** The common part of connections and clusters: a status, and an event for each status. */
export interface Connectable {
  /** `wait`, `connecting`, `connect`, `ready`, `reconnecting`, `close`, `end`, … */
  readonly status: string;
  connect(): Promise<void>;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  listenerCount(event: string): number;
  call(command: string, args: (string | Buffer)[]): Promise<unknown>;
}

/** One connection to one server, as far as the client uses it. */
export interface RedisNode extends Connectable {
  readonly isCluster: boolean;
  readonly options: RedisNodeOptions;
  /** The socket; undefined before the first connect. */
  readonly stream: RedisSocket | undefined;
  /** Commands that were sent and have no reply yet, oldest first. */
  readonly commandQueue: CommandQueue;
  /** As `call`, but texts of the reply are buffers. */
  callBuffer(command: string, args: (string | Buffer)[]): Promise<unknown>;
  /** Sends a command that writes its own bytes. */
  sendCommand(command: RawCommand): unknown;
  multi(): RedisPipeline;
  pipeline(): RedisPipeline;
  /** Another connection with the same options, except these. */
  duplicate(override: SubscriberOptions): RedisSubscriber;
}

/**
 * A command that writes its own bytes, and receives the reply as the parser has it: texts are buffers.
 * ioredis uses the other members: it measures nothing for a traced command, and `setTimeout` has its
 * `commandTimeout`.
 */
export interface RawCommand {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly isTraced?: boolean;
  readonly promise?: unknown;
  /** The connection that has sent it and awaits its answer. */
  sentBy?: object | undefined;
  setReplyContext?(context: unknown): void;
  setTimeout(ms: number): void;
  toWritable(socket: object): string | Buffer;
  /** The command in parts, for a client that writes commands itself. */
  toParts?(): readonly (string | Buffer)[];
  resolve(reply: unknown): void;
  reject(error: Error): void;
}

/** The socket of a connection. */
export interface RedisSocket {
  readonly writable: boolean;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  /** Keeps what is written until `uncork`. */
  cork(): void;
  uncork(): void;
}

/**
 * A connection that subscribes to channels. Its event `message` has the channel's name and the
 * message, `pmessage` the pattern before them.
 */
export interface RedisSubscriber extends Connectable {
  readonly stream: { unref(): unknown } | undefined;
  subscribe(...channels: string[]): Promise<unknown>;
  unsubscribe(...channels: string[]): Promise<unknown>;
  psubscribe(...patterns: string[]): Promise<unknown>;
  punsubscribe(...patterns: string[]): Promise<unknown>;
  disconnect(): void;
}

export interface SubscriberOptions {
  readonly protocol?: 2;
  readonly lazyConnect: true;
  readonly retryStrategy: () => null;
  readonly autoResubscribe: false;
  readonly enableAutoPipelining: false;
  readonly enableOfflineQueue: true;
}

export interface RedisNodeOptions {
  readonly username?: string | null | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly readOnly?: boolean | undefined;
  readonly keyPrefix?: string | undefined;
  readonly enableAutoPipelining?: boolean | undefined;
}

/** Commands that are sent together. Those of `multi()` are a transaction. */
export interface RedisPipeline {
  call(command: string, args: (string | Buffer)[]): RedisPipeline;
  callBuffer(command: string, args: (string | Buffer)[]): RedisPipeline;
  exec(): Promise<[error: Error | null, result: unknown][] | null>;
}

/** The queue of ioredis for commands without a reply. */
export interface CommandQueue {
  readonly length: number;
  peekAt(index: number): QueuedCommand | undefined;
  removeOne(index: number): unknown;
}

export interface QueuedCommand {
  readonly command: {
    readonly name: string;
    readonly args: readonly unknown[];
    readonly sentBy?: object | undefined;
    reject(error: Error): void;
  };
  /** The pipeline that the command belongs to, if any. */
  readonly stream: unknown;
}

/** A Redis Cluster, as far as the client uses it: connections to its nodes and the slot table. */
export interface RedisCluster extends Connectable {
  readonly isCluster: boolean;
  readonly options: {
    readonly keyPrefix?: string | undefined;
    readonly natMap?: NatMap | undefined;
    /** The options of the connections to nodes that are made later. */
    readonly redisOptions?: object | undefined;
  };
  /** By slot: the address (`host:port`) of its master, then those of its replicas. */
  readonly slots: readonly (readonly string[])[];
  nodes(role: "master" | "all"): readonly RedisNode[];
  refreshSlotsCache(callback: (error?: unknown) => void): void;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Maps the addresses that the cluster announces to addresses that this process can reach. */
export type NatMap =
  | { readonly [announced: string]: Address }
  | ((announced: string) => Address | null | undefined);

/** Whether the connection is a cluster. */
export function isCluster(redis: ConnectionOfIoredis): redis is RedisCluster {
  return "nodes" in redis;
}
