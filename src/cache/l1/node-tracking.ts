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
  readonly #onReady = () => {
    this.#nodeAnsweredAt = performance.now();
    this.#start();
  };
  readonly #onClose = () => this.#stop();
  #listener: RedisSubscriber | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #nodeAnsweredAt = performance.now();
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

  /**
   * Resolves when all messages about changes from before this call have come. Both connections must
   * answer: the server has no messages for a reading connection that it has lost.
   *
   * @throws the error of a lost connection
   */
  async caughtUp(): Promise<void> {
    // Without tracking, nothing is stored, and all is forgotten before it begins.
    if (!this.#listener || this.answeredAt === Number.NEGATIVE_INFINITY) return;
    await Promise.all([this.#listener.call("ping", []), this.#node.call("ping", [])]);
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
    if (performance.now() - this.#nodeAnsweredAt > NODE_SILENT_MS) {
      // It may fall silent without a close, and `ready` follows when it has connected again.
      destroySocket(this.#node);
      return;
    }
    const listener = this.#node.duplicate(listenerOptions);
    this.#listener = listener;
    listener.on("error", () => {}); // `end` follows.
    listener.on("connect", () => listener.stream?.unref());
    listener.on("end", () => this.#ended(listener));
    listener.on("messageBuffer", (_channel, keys) => this.#received(keys));
    const sentAt = performance.now();
    // A connection that does not answer would keep this node untracked for ever.
    const limit = setTimeout(() => this.#ended(listener), CONNECT_MS).unref();
    this.#connect(listener)
      .then(
        () => this.#tracked(listener, sentAt),
        () => this.#ended(listener),
      )
      .finally(() => clearTimeout(limit));
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
      this.#ended(listener);
      return;
    }
    // Also on the reading connection: a server that is not reached cannot have tracked what it read.
    const answered = this.#node.call("ping", []).then(() => {
      this.#nodeAnsweredAt = Math.max(this.#nodeAnsweredAt, sentAt);
    });
    Promise.all([listener.call("ping", []), answered]).then(
      () => {
        if (this.#listener === listener) this.#answered(sentAt);
      },
      () => this.#ended(listener),
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

  /** It has ended, or does not answer. A silent connection may never say that it has ended. */
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

/** Longer than the event loop of a busy process is blocked. */
const NODE_SILENT_MS = 5_000;

function destroySocket({ stream }: RedisNode): void {
  if (stream && "destroy" in stream && typeof stream.destroy === "function") stream.destroy();
}

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
