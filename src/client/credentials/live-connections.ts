import { isServerError } from "../call/failure.js";
import { type ConnectionOfIoredis, isCluster, type RedisNode } from "../connection/redis.js";
import type { Credentials } from "./credentials.js";

/** A set of credentials, with a number that rises with each new one. */
export interface NumberedCredentials extends Credentials {
  readonly generation: number;
}

/**
 * Sets credentials in the options of connections, from which ioredis reads them at each connect, and
 * sends AUTH over those that are open. A cluster's connections change; it follows them.
 */
export class LiveConnections {
  readonly #redis: ConnectionOfIoredis;
  readonly #refused: (error: Error) => void;
  #credentials: NumberedCredentials | undefined;
  /** The generation with which each connection has logged in. */
  readonly #loggedIn = new Map<RedisNode, number>();
  readonly #busy = new Set<RedisNode>();
  readonly #removers = new Map<RedisNode, () => void>();
  readonly #onNodes = () => this.#follow();

  /** `refused` is called if a server refuses AUTH. */
  constructor(redis: ConnectionOfIoredis, refused: (error: Error) => void) {
    this.#redis = redis;
    this.#refused = refused;
    if (isCluster(redis)) for (const event of nodeEvents) redis.on(event, this.#onNodes);
    this.#follow();
  }

  /** Later connects use these, and open connections log in with them. */
  use(credentials: NumberedCredentials): void {
    this.#credentials = credentials;
    // A cluster makes later connections from these options.
    if (isCluster(this.#redis) && this.#redis.options.redisOptions)
      setLogin(this.#redis.options.redisOptions, credentials);
    for (const node of this.#removers.keys()) setLogin(node.options, credentials);
    this.logIn();
  }

  /** Sends AUTH over each open connection that has logged in with older credentials. */
  logIn(): void {
    for (const node of this.#removers.keys()) this.#logIn(node);
  }

  dispose(): void {
    if (isCluster(this.#redis)) for (const event of nodeEvents) this.#redis.off(event, this.#onNodes);
    for (const remove of this.#removers.values()) remove();
    this.#removers.clear();
  }

  #follow(): void {
    const nodes = new Set(isCluster(this.#redis) ? this.#redis.nodes("all") : [this.#redis]);
    for (const [node, remove] of this.#removers) if (!nodes.has(node)) remove();
    for (const node of nodes) if (!this.#removers.has(node)) this.#add(node);
  }

  #add(node: RedisNode): void {
    const onConnecting = () => this.#loggedIn.set(node, this.#credentials?.generation ?? 0);
    const onReady = () => this.#logIn(node);
    node.on("connecting", onConnecting);
    node.on("ready", onReady);
    this.#removers.set(node, () => {
      node.off("connecting", onConnecting);
      node.off("ready", onReady);
      this.#removers.delete(node);
      this.#loggedIn.delete(node);
    });
    if (this.#credentials) setLogin(node.options, this.#credentials);
    this.#logIn(node);
  }

  #logIn(node: RedisNode): void {
    const credentials = this.#credentials;
    if (!credentials || this.#busy.has(node) || node.status !== "ready") return;
    if (this.#loggedIn.get(node) === credentials.generation) return;
    this.#busy.add(node);
    node.call("auth", authArguments(node, credentials)).then(
      () => {
        this.#busy.delete(node);
        if (!this.#removers.has(node)) return;
        this.#loggedIn.set(node, credentials.generation);
        // There may be newer ones by now.
        this.#logIn(node);
      },
      (error: unknown) => {
        this.#busy.delete(node);
        // A lost connection logs in with the options when it connects again.
        if (!isServerError(error)) return;
        if (this.#credentials === credentials) this.#refused(error);
        else this.#logIn(node);
      },
    );
  }
}

const nodeEvents = ["+node", "-node"];

function setLogin(options: object, { username, password }: Credentials): void {
  Object.assign(options, username === undefined ? { password } : { username, password });
}

function authArguments({ options }: RedisNode, { username, password }: Credentials): string[] {
  const user = username ?? options.username;
  return user ? [user, password] : [password];
}
