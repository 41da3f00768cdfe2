import { EventEmitter, setMaxListeners } from "node:events";
import type {
  CommandQueue,
  RawCommand,
  RedisNode,
  RedisNodeOptions,
  RedisPipeline,
  RedisSocket,
  RedisSubscriber,
} from "../connection/redis.js";
import type { NodeRedisClient } from "./node-redis.js";
import { CommandList } from "./node-redis-commands.js";
import { NodeRedisSubscriber } from "./node-redis-subscriber.js";
import { PLAIN, TEXTS_AS_BUFFERS, translated, withNamedErrors } from "./replies.js";

/** Where a node of a cluster is, as the cluster announces it. */
export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * A connection of node-redis with the interface that the client has for a connection of ioredis. It has
 * listeners on the connection only while somebody listens to it.
 *
 * node-redis rejects the commands without a reply when the socket closes. But it keeps those that it has not
 * yet written, and sends them after a reconnect, at any later time. So each command has a signal, which
 * aborts when the socket closes.
 */
export class NodeRedisConnection implements RedisNode {
  readonly isCluster = false;
  readonly commandQueue: CommandQueue = EMPTY_QUEUE;
  readonly stream: RedisSocket;
  readonly options: RedisNodeOptions;
  readonly #client: NodeRedisClient;
  /** A node of a cluster: a lost connection is reported as ended, because another node may take over. */
  readonly #isNode: boolean;
  readonly #events = new EventEmitter().setMaxListeners(0);
  /** Aborts when the socket closes. */
  #socketEnd = newSocketEnd();
  #wasOpen = false;
  #wasReady = false;
  #hasFailed = false;
  #listeners = 0;

  constructor(client: NodeRedisClient, address?: NodeAddress) {
    this.#client = client;
    this.#isNode = address !== undefined;
    const { keyPrefix, socket } = client.options ?? {};
    const { host, port } = address ?? addressOf(socket);
    this.options = { host, port, keyPrefix: keyPrefix === undefined ? undefined : String(keyPrefix) };
    this.stream = {
      get writable() {
        return client.isReady;
      },
      remoteAddress: host,
      remotePort: port,
      // node-redis writes the commands of one turn of the event loop together.
      cork() {},
      uncork() {},
    };
  }

  get status(): string {
    const { isOpen, isReady } = this.#client;
    this.#wasOpen ||= isOpen;
    if (isReady) return "ready";
    if (!isOpen) return this.#wasOpen ? "end" : "wait";
    return this.#isNode && this.#hasFailed ? "end" : "connecting";
  }

  async connect(): Promise<void> {
    if (!this.#client.isOpen) await this.#client.connect();
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

  /** Of the connection itself: the client's own listeners there count as one. */
  listenerCount(event: string): number {
    return this.#client.listenerCount(event);
  }

  sendCommand(command: RawCommand): void {
    const sent = this.send(command.toParts?.() ?? [], TEXTS_AS_BUFFERS).then(withNamedErrors);
    sent.then(
      (reply) => command.resolve(reply),
      (error: unknown) => command.reject(error instanceof Error ? error : new Error("the command failed")),
    );
  }

  call(command: string, args: (string | Buffer)[]): Promise<unknown> {
    return this.send([command, ...args], PLAIN);
  }

  callBuffer(command: string, args: (string | Buffer)[]): Promise<unknown> {
    return this.send([command, ...args], TEXTS_AS_BUFFERS).then(withNamedErrors);
  }

  multi(): RedisPipeline {
    return new CommandList(this, true);
  }

  pipeline(): RedisPipeline {
    return new CommandList(this, false);
  }

  duplicate(): RedisSubscriber {
    return new NodeRedisSubscriber(this.#client);
  }

  /** Puts a command into the queue of node-redis. Those of one `chainId` are one transaction. */
  send(
    args: readonly (string | Buffer)[],
    typeMapping: Readonly<Record<number, typeof Buffer>>,
    chainId?: symbol,
  ): Promise<unknown> {
    return this.#client
      .sendCommand(args, {
        typeMapping,
        abortSignal: this.#socketEnd.signal,
        timeout: 0,
        asap: false,
        ...(chainId === undefined ? {} : { chainId }),
      })
      .catch((error: unknown) => {
        throw translated(error);
      });
  }

  readonly #onReady = () => {
    this.#wasReady = true;
    this.#hasFailed = false;
    this.#events.emit("ready");
  };

  readonly #onError = (error: unknown) => {
    this.#noteEnd();
    if (this.#events.listenerCount("error") > 0) this.#events.emit("error", error);
  };

  readonly #noteEnd = () => {
    const { isOpen, isReady } = this.#client;
    if (isReady) return;
    const hadFailed = this.#hasFailed;
    this.#hasFailed = true;
    if (this.#wasReady) {
      this.#wasReady = false;
      this.#socketEnd.abort();
      this.#socketEnd = newSocketEnd();
      this.#events.emit("close");
    }
    if (!isOpen || (this.#isNode && !hadFailed)) this.#events.emit("end");
  };

  #attach(): void {
    const { isOpen, isReady } = this.#client;
    this.#wasOpen ||= isOpen;
    this.#wasReady = isReady;
    this.#client.on("ready", this.#onReady);
    this.#client.on("error", this.#onError);
    this.#client.on("reconnecting", this.#noteEnd);
    this.#client.on("end", this.#noteEnd);
  }

  #detach(): void {
    this.#client.off("ready", this.#onReady);
    this.#client.off("error", this.#onError);
    this.#client.off("reconnecting", this.#noteEnd);
    this.#client.off("end", this.#noteEnd);
  }
}

/** node-redis keeps its queue to itself. It rejects the commands without a reply itself. */
const EMPTY_QUEUE: CommandQueue = { length: 0, peekAt: () => undefined, removeOne: () => undefined };

function newSocketEnd(): AbortController {
  const controller = new AbortController();
  // Each command in the queue listens to it.
  setMaxListeners(0, controller.signal);
  return controller;
}

function addressOf(socket: object | undefined): NodeAddress {
  const host: unknown = socket && "host" in socket ? socket.host : undefined;
  const port: unknown = socket && "port" in socket ? socket.port : undefined;
  return {
    host: typeof host === "string" ? host : "localhost",
    port: typeof port === "number" ? port : 6379,
  };
}
