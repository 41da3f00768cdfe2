import type { RedisNode, RedisSubscriber } from "../../client/index.js";

interface NodeTrackingOptions {
  readonly heartbeatMs: number;
  invalidated(key: string): void;
  lost(): void;
  /** `answeredAt` has changed. */
  changed(): void;
  /** The delay after so many failures in a row. */
  delayMs(failures: number): number;
}

/** The channel of a server's messages about keys that have changed. */
const CHANNEL = "__redis__:invalidate";

/** So many heartbeats come within `heartbeatMs`, so a late one ends nothing. */
const BEATS = 4;

/**
 * Tracks what one connection reads. A listening connection subscribes first. Then the reading connection
 * redirects its messages to it. The server tells nothing when the listening connection dies, so it answers
 * heartbeats.
 */
export class NodeTracking {
  readonly #node: RedisNode;
  readonly #options: NodeTrackingOptions;
  readonly #onReady = () => this.#start();
  readonly #onClose = () => this.#stop();
  #listener: RedisSubscriber | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #isClosed = false;
  /** When the last answered heartbeat was sent; -Infinity while the connection is not tracked. */
  answeredAt = Number.NEGATIVE_INFINITY;

  constructor(node: RedisNode, options: NodeTrackingOptions) {
    this.#node = node;
    this.#options = options;
    node.on("ready", this.#onReady);
    node.on("close", this.#onClose);
    if (node.status === "ready") this.#start();
  }

  close(): void {
    this.#isClosed = true;
    this.#node.off("ready", this.#onReady);
    this.#node.off("close", this.#onClose);
    this.#stop();
  }

  #start(): void {
    if (this.#listener || this.#isClosed || this.#node.status !== "ready") return;
    clearTimeout(this.#retry);
    const listener = this.#node.duplicate(listenerOptions);
    this.#listener = listener;
    listener.on("error", () => {}); // `end` follows.
    listener.on("connect", () => listener.stream?.unref());
    listener.on("end", () => this.#ended(listener));
    listener.on("messageBuffer", (_channel, keys) => this.#received(keys));
    const sentAt = performance.now();
    this.#connect(listener).then(
      () => this.#tracked(listener, sentAt),
      () => listener.disconnect(),
    );
    // A connection that does not answer would keep this node untracked for ever.
    const limit = setTimeout(() => {
      if (this.answeredAt === Number.NEGATIVE_INFINITY) listener.disconnect();
    }, CONNECT_MS);
    limit.unref();
  }

  async #connect(listener: RedisSubscriber): Promise<void> {
    await listener.connect();
    const id = await listener.call("client", ["id"]);
    await listener.subscribe(CHANNEL);
    await this.#node.call("client", ["tracking", "off"]);
    await this.#node.call("client", ["tracking", "on", "redirect", String(id)]);
  }

  #tracked(listener: RedisSubscriber, sentAt: number): void {
    if (this.#listener !== listener) return;
    this.#failures = 0;
    // What was read before has no messages.
    this.#options.lost();
    this.#answered(sentAt);
    this.#heartbeat = setInterval(() => this.#beat(listener), this.#options.heartbeatMs / BEATS);
    this.#heartbeat.unref();
  }

  #beat(listener: RedisSubscriber): void {
    const sentAt = performance.now();
    if (sentAt - this.answeredAt > this.#options.heartbeatMs) {
      listener.disconnect();
      return;
    }
    // Also on the reading connection: a server that is not reached cannot have tracked what it read.
    Promise.all([listener.call("ping", []), this.#node.call("ping", [])]).then(
      () => {
        if (this.#listener === listener) this.#answered(sentAt);
      },
      () => listener.disconnect(),
    );
  }

  #answered(sentAt: number): void {
    this.answeredAt = Math.max(this.answeredAt, sentAt);
    this.#options.changed();
  }

  /** A list of keys, or nothing after FLUSHALL and FLUSHDB. */
  #received(keys: unknown): void {
    if (!Array.isArray(keys)) {
      this.#options.lost();
      return;
    }
    for (const key of keys) this.#options.invalidated(String(key));
  }

  #ended(listener: RedisSubscriber): void {
    if (this.#listener !== listener) return;
    this.#stop();
    if (this.#isClosed) return;
    this.#failures++;
    this.#retry = setTimeout(() => this.#start(), this.#options.delayMs(this.#failures));
    this.#retry.unref();
  }

  /** The reading connection or the listening one is gone. */
  #stop(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#retry);
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.disconnect();
    this.answeredAt = Number.NEGATIVE_INFINITY;
    this.#options.changed();
    this.#options.lost();
  }
}

const CONNECT_MS = 2_000;

/**
 * A lost listening connection is replaced by a new one, with another id. It speaks RESP2, because ioredis 6
 * drops the messages of RESP3.
 */
const listenerOptions = {
  protocol: 2,
  lazyConnect: true,
  retryStrategy: () => null,
  autoResubscribe: false,
  enableAutoPipelining: false,
  enableOfflineQueue: true,
} as const;
