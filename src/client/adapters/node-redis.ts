/** A client of node-redis 5 or 6 (`createClient`), as far as Moonpath uses it. */
export interface NodeRedisClient {
  /** Whether it was connected and not closed since. */
  readonly isOpen: boolean;
  /** Whether a command is sent at once. */
  readonly isReady: boolean;
  readonly isPubSubActive: boolean;
  readonly options?: NodeRedisOptions | undefined;
  connect(): Promise<unknown>;
  sendCommand(args: readonly (string | Buffer)[], options?: NodeRedisCommandOptions): Promise<unknown>;
  duplicate(overrides?: NodeRedisOverrides): NodeRedisClient;
  subscribe(channels: string[], listener: NodeRedisListener): Promise<unknown>;
  unsubscribe(channels: string[]): Promise<unknown>;
  pSubscribe(patterns: string[], listener: NodeRedisListener): Promise<unknown>;
  pUnsubscribe(patterns: string[]): Promise<unknown>;
  unref(): void;
  destroy(): void;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  listenerCount(event: string): number;
}

/** A cluster of node-redis 5 or 6 (`createCluster`), as far as Moonpath uses it. */
export interface NodeRedisCluster {
  readonly isOpen: boolean;
  readonly masters: readonly NodeRedisMaster[];
  readonly nodeByAddress: ReadonlyMap<string, { readonly client?: NodeRedisClient | undefined }>;
  readonly slots: readonly ({ readonly master: { readonly address: string } } | undefined)[];
  connect(): Promise<unknown>;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  listenerCount(event: string): number;
}

/** A master of a cluster. Its client is missing until it is needed, with `minimizeConnections`. */
export interface NodeRedisMaster {
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly client?: NodeRedisClient | undefined;
}

export interface NodeRedisOptions {
  readonly keyPrefix?: string | Buffer | undefined;
  readonly RESP?: 2 | 3 | undefined;
  readonly socket?: object | undefined;
}

export interface NodeRedisOverrides {
  readonly socket?: object;
  readonly disableOfflineQueue?: boolean;
}

export interface NodeRedisCommandOptions {
  /** By the first byte of a reply: the class of its value. */
  readonly typeMapping?: Readonly<Record<number, typeof Buffer>>;
  /** Removes the command from the queue if it aborts before the command was written. */
  readonly abortSignal?: AbortSignal;
  /** 0: no limit for the time in the queue. The call has a deadline of its own. */
  readonly timeout?: number;
  readonly asap?: boolean;
  /** Commands with the same symbol are rejected together if the connection ends between them. */
  readonly chainId?: symbol;
}

export type NodeRedisListener = (message: string, channel: string) => void;
