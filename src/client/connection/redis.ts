/**
 * What the client needs of a connection, and nothing else, so that `Redis` and `Cluster` of ioredis 5 and 6
 * and of iovalkey fit without a cast.
 */
export type RedisLike = RedisNode | RedisCluster;

/** What connections and clusters have in common: a status and events named after it. */
export interface Connectable {
  /** `wait`, `connecting`, `connect`, `ready`, `reconnecting`, `close`, `end`, … */
  readonly status: string;
  connect(): Promise<void>;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  call(command: string, args: string[]): Promise<unknown>;
}

/** One connection to one server. */
export interface RedisNode extends Connectable {
  readonly isCluster: boolean;
  readonly options: RedisNodeOptions;
  /** The socket; there is none before the first connect. */
  readonly stream: RedisSocket | undefined;
  /** Commands that were written and not answered, oldest first. */
  readonly commandQueue: CommandQueue;
  multi(): RedisPipeline;
  pipeline(): RedisPipeline;
  /** Another connection with the same options, save these. */
  duplicate(override: SubscriberOptions): RedisSubscriber;
}

/** The socket of a connection. */
export interface RedisSocket {
  readonly writable: boolean;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/** A connection that listens to channels; its event `message` has the channel's name and the message. */
export interface RedisSubscriber extends Connectable {
  readonly stream: { unref(): unknown } | undefined;
  subscribe(...channels: string[]): Promise<unknown>;
  unsubscribe(...channels: string[]): Promise<unknown>;
  disconnect(): void;
}

export interface SubscriberOptions {
  readonly lazyConnect: true;
  readonly retryStrategy: () => null;
  readonly autoResubscribe: false;
  readonly enableAutoPipelining: false;
  readonly enableOfflineQueue: true;
}

export interface RedisNodeOptions {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly readOnly?: boolean | undefined;
  readonly keyPrefix?: string | undefined;
  readonly enableAutoPipelining?: boolean | undefined;
}

/** Commands sent in one piece; those of `multi()` between MULTI and EXEC. */
export interface RedisPipeline {
  call(command: string, args: string[]): RedisPipeline;
  exec(): Promise<[error: Error | null, result: unknown][] | null>;
}

/** The queue of unanswered commands, as ioredis keeps it. */
export interface CommandQueue {
  readonly length: number;
  peekAt(index: number): QueuedCommand | undefined;
  removeOne(index: number): unknown;
}

export interface QueuedCommand {
  readonly command: {
    readonly name: string;
    readonly args: readonly unknown[];
    reject(error: Error): void;
  };
  /** The pipeline that the command belongs to, if any. */
  readonly stream: unknown;
}

/** A Redis Cluster: connections to its nodes and the table of slots. */
export interface RedisCluster extends Connectable {
  readonly isCluster: boolean;
  readonly options: { readonly keyPrefix?: string | undefined; readonly natMap?: NatMap | undefined };
  /** By slot, the addresses (`host:port`) of its master and then of its replicas. */
  readonly slots: readonly (readonly string[])[];
  nodes(role: "master" | "all"): readonly RedisNode[];
  refreshSlotsCache(callback: (error?: unknown) => void): void;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** From the addresses that the cluster announces to those that this process can reach. */
export type NatMap =
  | { readonly [announced: string]: Address }
  | ((announced: string) => Address | null | undefined);

/** Whether the connection is a cluster's. */
export function isCluster(redis: RedisLike): redis is RedisCluster {
  return "nodes" in redis;
}
