import { type BackoffOptions, backoffMs } from "../../core/backoff.js";
import { ArgumentError, ClosedError } from "../../core/errors.js";
import { defaults } from "../defaults.js";
import type { RenewedLogin } from "./readiness.js";
import {
  type ConnectionOfIoredis,
  isCluster,
  type RedisSubscriber,
  type SubscriberOptions,
} from "./redis.js";

/** A subscription to one channel or pattern, made by `listen` or `listenPattern`. */
export interface Listening {
  /**
   * Resolves when messages arrive, and after the client's `deadlineMs` at the latest. Never
   * rejects.
   */
  readonly ready: Promise<void>;
  /** Ends the subscription. `wake` is not called any more. */
  stop(): void;
}

/**
 * A message of a channel. A pattern's listener is called without one after a reconnect, because
 * messages may have been missed.
 */
export interface ChannelMessage {
  readonly channel: string;
  readonly text: string;
}

/** What one caller of `listen` waits for. */
interface Subscription {
  wake: (message?: ChannelMessage) => void;
  /** Called once if the client is closed before the caller stops. */
  readonly ended: (() => void) | undefined;
  /** Resolves `ready`; undefined after that. */
  resolveReady: (() => void) | undefined;
}

/**
 * Wakes callers when messages arrive on their channels. It makes one connection of its own for the
 * first caller, and ends it some seconds after the last. On a cluster it connects to any node,
 * because messages reach all nodes. If that node is lost, it connects to another. Neither the
 * connection nor its timers keep a process alive.
 */
export class Listener {
  readonly #redis: ConnectionOfIoredis;
  readonly #readyTimeoutMs: number;
  /** By channel, or by pattern with `PATTERN` before it. */
  readonly #channels = new Map<string, Set<Subscription>>();
  readonly #login: RenewedLogin | undefined;
  #subscriber: RedisSubscriber | undefined;
  /** It has older credentials, and stays until `#subscriber` has subscribed in its place. */
  #previous: RedisSubscriber | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Reconnects since the last subscription that succeeded. */
  #reconnects = 0;
  #isClosed = false;

  constructor(redis: ConnectionOfIoredis, readyTimeoutMs: number, login?: RenewedLogin) {
    this.#redis = redis;
    this.#login = login;
    this.#readyTimeoutMs = readyTimeoutMs;
  }

  /** Calls `wake` with each message on a channel, and without one after a reconnect. */
  listen(channel: string, wake: (message?: ChannelMessage) => void, ended?: () => void): Listening {
    if (this.#isClosed) throw new ClosedError("the client was closed");
    if (typeof channel !== "string" || channel === "") throw new ArgumentError("channel", "text, not empty");
    if (typeof wake !== "function") throw new ArgumentError("wake", "a function");
    return this.#start(channel, wake, ended);
  }

  /** Calls `wake` with each message on the channels of a pattern, and without one after a reconnect. */
  listenPattern(pattern: string, wake: (message?: ChannelMessage) => void, ended?: () => void): Listening {
    if (this.#isClosed) throw new ClosedError("the client was closed");
    if (typeof pattern !== "string" || pattern === "") throw new ArgumentError("pattern", "text, not empty");
    if (typeof wake !== "function") throw new ArgumentError("wake", "a function");
    return this.#start(PATTERN + pattern, wake, ended);
  }

  #start(channel: string, wake: (message?: ChannelMessage) => void, ended?: () => void): Listening {
    const subscription: Subscription = { wake, ended, resolveReady: undefined };
    const ready = new Promise<void>((resolve) => {
      const timer = setTimeout(() => subscription.resolveReady?.(), this.#readyTimeoutMs).unref();
      subscription.resolveReady = () => {
        subscription.resolveReady = undefined;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#channels.set(channel, (this.#channels.get(channel) ?? new Set<Subscription>()).add(subscription));
    this.#subscribeNow(channel, subscription);
    return { ready, stop: () => this.#stop(channel, subscription) };
  }

  /** Ends the connection, and resolves `ready` of every caller. */
  close(): void {
    this.#isClosed = true;
    for (const subscription of [...this.#channels.values()].flatMap((set) => [...set])) {
      subscription.resolveReady?.();
      subscription.ended?.();
    }
    this.#channels.clear();
    this.#disconnect();
  }

  /**
   * There are new credentials. A connection that subscribes may send no AUTH, so a new one takes its
   * place. Callers are woken as after a reconnect.
   */
  renewLogin(): void {
    const { status } = this.#subscriber ?? {};
    if (status === undefined) return;
    if (status === "ready" && !this.#previous) {
      this.#previous = this.#subscriber;
      this.#subscriber = undefined;
      this.#connect();
    } else this.#subscriber?.disconnect(); // `end` follows, and then a new connection.
  }

  #subscribeNow(channel: string, subscription: Subscription): void {
    if (!this.#subscriber) {
      if (!this.#timer) this.#connect();
      return;
    }
    this.#schedule(undefined);
    // Subscribes even if the channel has other callers: the reply confirms the subscription.
    if (this.#subscriber.status === "ready") this.#subscribe(this.#subscriber, [channel], [subscription]);
  }

  #stop(channel: string, subscription: Subscription): void {
    subscription.wake = () => {};
    subscription.resolveReady?.();
    const subscriptions = this.#channels.get(channel);
    if (!subscriptions?.delete(subscription) || subscriptions.size > 0) return;
    this.#channels.delete(channel);
    const subscriber = this.#subscriber;
    if (!subscriber) return;
    if (subscriber.status === "ready") {
      const ended = channel.startsWith(PATTERN)
        ? subscriber.punsubscribe(channel.slice(PATTERN.length))
        : subscriber.unsubscribe(channel);
      ended.catch(() => {});
    }
    if (this.#channels.size === 0) this.#schedule(defaults.idleListenerMs.value, () => this.#disconnect());
  }

  /**
   * Connects, and subscribes to all channels. Any error ends the connection; then it connects
   * again.
   */
  #connect(): void {
    const node = isCluster(this.#redis) ? randomItem(this.#redis.nodes("all")) : this.#redis;
    if (!node) {
      if (this.#redis.status === "wait") this.#connectCluster();
      this.#reconnectLater();
      return;
    }
    const subscriber = node.duplicate(subscriberOptions);
    this.#subscriber = subscriber;
    const heartbeat = setInterval(() => {
      if (subscriber.status === "ready") disconnectUnlessInTime(subscriber, subscriber.call("ping", []));
    }, defaults.heartbeatMs.value).unref();
    subscriber.on("error", () => {}); // `end` follows.
    subscriber.on("connect", () => subscriber.stream?.unref());
    subscriber.on("message", (name, text) => {
      const message = { channel: String(name), text: String(text) };
      for (const subscription of [...(this.#channels.get(message.channel) ?? [])])
        wake(subscription, message);
    });
    subscriber.on("pmessage", (pattern, channel, text) => {
      const message = { channel: String(channel), text: String(text) };
      for (const subscription of [...(this.#channels.get(PATTERN + String(pattern)) ?? [])])
        wake(subscription, message);
    });
    subscriber.on("ready", () => {
      const subscriptions = [...this.#channels.values()].flatMap((set) => [...set]);
      this.#subscribe(subscriber, [...this.#channels.keys()], subscriptions);
    });
    subscriber.on("end", () => {
      clearInterval(heartbeat);
      if (this.#subscriber !== subscriber) return;
      this.#subscriber = undefined;
      this.#reconnectLater();
    });
    disconnectUnlessInTime(subscriber, subscriber.connect());
  }

  #connectCluster(): void {
    const known = this.#login?.whenKnown() ?? Promise.resolve();
    known.then(() => (this.#redis.status === "wait" ? this.#redis.connect() : undefined)).catch(() => {});
  }

  #endPrevious(): void {
    this.#previous?.disconnect();
    this.#previous = undefined;
  }

  #subscribe(
    subscriber: RedisSubscriber,
    channels: readonly string[],
    subscriptions: readonly Subscription[],
  ): void {
    if (channels.length === 0) return;
    const patterns = channels.filter((name) => name.startsWith(PATTERN));
    const plain = channels.filter((name) => !name.startsWith(PATTERN));
    const subscribed = Promise.all([
      plain.length === 0 ? undefined : subscriber.subscribe(...plain),
      patterns.length === 0
        ? undefined
        : subscriber.psubscribe(...patterns.map((name) => name.slice(PATTERN.length))),
    ]).then(() => {
      this.#reconnects = 0;
      this.#endPrevious();
      // A caller that was ready before may have missed a message.
      for (const subscription of subscriptions)
        subscription.resolveReady ? subscription.resolveReady() : wake(subscription);
    });
    disconnectUnlessInTime(subscriber, subscribed);
  }

  #reconnectLater(): void {
    this.#schedule(undefined);
    if (this.#channels.size === 0) return;
    this.#reconnects++;
    this.#schedule(backoffMs(this.#reconnects, reconnectDelays), () => {
      if (this.#channels.size > 0) this.#connect();
    });
  }

  #disconnect(): void {
    this.#schedule(undefined);
    this.#endPrevious();
    const subscriber = this.#subscriber;
    this.#subscriber = undefined;
    subscriber?.disconnect();
  }

  /** Runs `then` after `ms`, in place of what was scheduled before. Undefined only cancels that. */
  #schedule(ms: number | undefined, then: () => void = () => {}): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (ms === undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      then();
    }, ms).unref();
  }
}

/** Marks a pattern. No channel of a script begins with this character. */
const PATTERN = "\u0000";

/** The listener itself reconnects and subscribes again. */
const subscriberOptions: SubscriberOptions = {
  lazyConnect: true,
  retryStrategy: () => null,
  autoResubscribe: false,
  enableAutoPipelining: false,
  enableOfflineQueue: true,
};

const reconnectDelays: BackoffOptions = {
  firstMs: defaults.firstDelayMs.value,
  maxMs: defaults.maxReconnectDelayMs.value,
};

function randomItem<Item>(items: readonly Item[]): Item | undefined {
  return items[Math.floor(Math.random() * items.length)];
}

/** Ends the connection if the work fails or takes too long. */
function disconnectUnlessInTime(subscriber: RedisSubscriber, work: Promise<unknown>): void {
  const end = () => subscriber.disconnect();
  const limit = setTimeout(end, defaults.heartbeatMs.value).unref();
  work.catch(end).finally(() => clearTimeout(limit));
}

/** Calls the caller's function. An error in it must not stop the other callers. */
function wake(subscription: Subscription, message?: ChannelMessage): void {
  try {
    subscription.wake(message);
  } catch {}
}
