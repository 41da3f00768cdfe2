import { EventEmitter } from "node:events";
import type { RedisSubscriber } from "../connection/redis.js";
import type { NodeRedisClient } from "./node-redis.js";
import { translated } from "./replies.js";

/** A connection of node-redis that subscribes: a duplicate of the caller's, which does not reconnect. */
export class NodeRedisSubscriber implements RedisSubscriber {
  readonly stream: { unref(): unknown };
  readonly #client: NodeRedisClient;
  readonly #events = new EventEmitter().setMaxListeners(0);
  /** By pattern, because node-redis gives a listener only the channel. */
  readonly #patternListeners = new Map<string, (message: string, channel: string) => void>();
  #isStarted = false;
  #isEnded = false;
  #connecting: Promise<unknown> = Promise.resolve();
  readonly #onMessage = (message: string, channel: string) =>
    void this.#events.emit("message", channel, message);

  constructor(original: NodeRedisClient) {
    this.#client = original.duplicate({
      socket: { ...original.options?.socket, reconnectStrategy: false },
      disableOfflineQueue: false,
    });
    this.#client.unref();
    this.stream = { unref: () => this.#client.unref() };
    this.#client.on("ready", () => {
      if (!this.#isEnded) this.#events.emit("ready");
    });
    this.#client.on("connect", () => this.#events.emit("connect"));
    this.#client.on("error", () => this.#end());
    this.#client.on("end", () => this.#end());
  }

  get status(): string {
    if (this.#isEnded) return "end";
    if (this.#client.isReady) return "ready";
    return this.#isStarted ? "connecting" : "wait";
  }

  async connect(): Promise<void> {
    this.#isStarted = true;
    this.#connecting = this.#client.connect();
    await this.#connecting;
  }

  on(event: string, listener: (...args: unknown[]) => void): this {
    this.#events.on(event, listener);
    return this;
  }

  off(event: string, listener: (...args: unknown[]) => void): this {
    this.#events.off(event, listener);
    return this;
  }

  listenerCount(event: string): number {
    return this.#events.listenerCount(event);
  }

  call(command: string, args: string[]): Promise<unknown> {
    return this.#client.sendCommand([command, ...args]).catch((error: unknown) => {
      throw translated(error);
    });
  }

  /**
   * node-redis sends nothing for a channel that it subscribes already, perhaps before the server has
   * confirmed it. The reply to PING comes after that.
   */
  async subscribe(...channels: string[]): Promise<void> {
    await Promise.all([
      this.#client.subscribe(channels, this.#onMessage),
      this.#client.sendCommand(["PING"]),
    ]);
  }

  async unsubscribe(...channels: string[]): Promise<void> {
    await this.#client.unsubscribe(channels);
  }

  async psubscribe(...patterns: string[]): Promise<void> {
    const subscribed = patterns.map((pattern) =>
      this.#client.pSubscribe([pattern], this.#listenerOf(pattern)),
    );
    await Promise.all([...subscribed, this.#client.sendCommand(["PING"])]);
  }

  async punsubscribe(...patterns: string[]): Promise<void> {
    for (const pattern of patterns) this.#patternListeners.delete(pattern);
    await this.#client.pUnsubscribe(patterns);
  }

  disconnect(): void {
    this.#end();
  }

  #listenerOf(pattern: string): (message: string, channel: string) => void {
    let listener = this.#patternListeners.get(pattern);
    if (listener === undefined) {
      listener = (message, channel) => void this.#events.emit("pmessage", pattern, channel, message);
      this.#patternListeners.set(pattern, listener);
    }
    return listener;
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    // node-redis 5 cannot end a connection that is being opened. Its own time limit ends the attempt.
    this.#connecting.then(
      () => this.#destroy(),
      () => this.#destroy(),
    );
    this.#events.emit("end");
  }

  #destroy(): void {
    if (this.#client.isOpen) this.#client.destroy();
  }
}
