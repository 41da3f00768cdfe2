import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { readFrom } from "../core/read-from.js";
import { adapted } from "./adapters/adapt.js";
import type { CallOrder } from "./batch/call-order.js";
import { Caller } from "./call/caller.js";
import { type Observer, Observers } from "./call/observer.js";
import { type CallOptions, checkedBatching, checkedDeadline } from "./call/options.js";
import { DirectTransport } from "./call/transport.js";
import { type ByteReads, readBytes } from "./connection/byte-reads.js";
import { checkConnection } from "./connection/check-connection.js";
import { type KeyRead, readKeys } from "./connection/key-reads.js";
import { type ChannelMessage, Listener, type Listening } from "./connection/listener.js";
import { readMemory, type ServerMemory } from "./connection/memory.js";
import { type ConnectionOfIoredis, isCluster, type RedisLike } from "./connection/redis.js";
import { type HashReads, readHashes, readSortedSets, type SortedSetReads } from "./connection/sorted-sets.js";
import { ClusterServers, SingleServer, type Topology } from "./connection/topology.js";
import { type CredentialsProvider, checkedProvider } from "./credentials/credentials.js";
import { Login } from "./credentials/login.js";
import { defaults } from "./defaults.js";
import { checkedScripts, domainOf, type Operations, operationsOf, type Scripts } from "./operations.js";
import { closedError, whenReady } from "./ready.js";
import { isClientKey, reservedSuffixes } from "./script/reserved.js";
import { checkedName, createScope } from "./script/scope.js";
import { ScriptSet } from "./script/script-set.js";

/** The options of a client. All may be left out. */
export interface ClientOptions {
  /**
   * The first field of every key: 1 to 64 characters of `A-Z a-z 0-9 _ . -`. Default `moonpath`.
   */
  readonly namespace?: string | undefined;
  /** Milliseconds until any call ends, including retries. Default 1,000. */
  readonly deadlineMs?: number | undefined;
  /** The maximum number of retries within that time, 0 to 1,000. Default 20. 0 disables retries. */
  readonly retries?: number | undefined;
  /**
   * Some scripts write keys that must not be evicted, such as locks. `false`, the default: such
   * calls and `ready()` end with EVICTION if the server may evict keys, or if its
   * `maxmemory-policy` cannot be read. `true` skips this check.
   */
  readonly allowEviction?: boolean | undefined;
  /**
   * `true`, the default: calls of one script that are ready together leave in one command, if its
   * contract has `@many`. No call waits for a timer. `false`: each call is sent by itself.
   */
  readonly batching?: boolean | undefined;
  /**
   * Default `slot`: calls whose keys are in one slot reach Redis in the order in which they were made,
   * over all scripts, but reads may overtake reads. `strict`: all calls do, on a cluster those of each
   * node. Then only calls of one script that follow each other share a command.
   */
  readonly order?: CallOrder | undefined;
  /**
   * Credentials that end, such as tokens of IAM or Entra. The client logs all connections in again
   * before they end, and sets `username` and `password` in the options of your connection. Default: the
   * connection's own login, which the client leaves alone.
   */
  readonly credentials?: CredentialsProvider | undefined;
  /** Hooks for calls, retries and reloads; see `Observer`. */
  readonly observers?: readonly Observer[] | undefined;
}

const clientOptions: OptionNames<ClientOptions> = {
  namespace: true,
  deadlineMs: true,
  retries: true,
  allowEviction: true,
  batching: true,
  order: true,
  credentials: true,
  observers: true,
};

/**
 * A client over one connection or cluster. `Tenant` has a function for each script, by domain and
 * operation.
 */
export interface ScriptClient<Tenant> {
  /** The first field of every key. */
  readonly namespace: string;
  /**
   * The scripts' functions for one tenant. The call is cheap.
   *
   * @throws ArgumentError unless the name has 1 to 64 characters of `A-Z a-z 0-9 _ . -`
   */
  tenant(name: string): Tenant;
  /** The functions of one domain's scripts for one tenant. It makes fewer objects than `tenant`. */
  scriptsOf<Domain extends keyof Tenant>(tenant: string, domain: Domain): Tenant[Domain];
  /**
   * Resolves when all scripts are loaded on all servers. Use it in a readiness probe; calls need
   * not wait for it. Each call of it checks again. It ends after `deadlineMs`, by default 10,000.
   *
   * @throws UnavailableError after the deadline, ScriptNotLoadedError, NoPermissionError,
   *   EvictionError, AbortedError, ClosedError, and ArgumentError if a single connection leads to one
   *   node of several of a cluster
   */
  ready(options?: CallOptions): Promise<void>;
  /**
   * Calls `wake` when a message arrives on the channel, and after a reconnect, because a message
   * may have been missed. Scripts publish on channels with the names of keys: `keys.lock(scope,
   * "nightly")`. Redis may lose messages, so also poll. A lost connection causes no error.
   *
   * All listeners of a client share one connection, a `duplicate()` of yours. The first listener
   * opens it. It closes five seconds after the last listener stops, and at `close()`. It keeps no
   * process alive.
   *
   * ```ts
   * const listening = moonpath.listen(keys.lock(scope, "nightly"), wake);
   * await listening.ready; // from now on, `wake` is called if a message was missed
   * listening.stop();
   * ```
   *
   * @throws ClosedError after `close()`, ArgumentError unless the channel is a text and `wake` is a
   *   function
   */
  listen(channel: string, wake: (message?: ChannelMessage) => void, ended?: () => void): Listening;
  /**
   * Calls `wake` with each message on the channels of a pattern, such as `shop:{*}:slot-due`. After
   * a reconnect it calls `wake` without a message, because messages may have been missed. All else
   * is as for `listen`.
   *
   * @throws ClosedError after `close()`, ArgumentError unless the pattern is a text and `wake` is a
   *   function
   */
  listenPattern(pattern: string, wake: (message?: ChannelMessage) => void, ended?: () => void): Listening;
  /**
   * Reads the first `count` members of each sorted set, in pipelines by node. It writes nothing and
   * never rejects: a set that could not be read has an error. `from` has the ranks of the first
   * members to read, by the position of the key.
   */
  readSortedSets(keys: readonly string[], count: number, from?: readonly number[]): Promise<SortedSetReads>;
  /** Reads about 1,000 fields of each hash, in the same way. */
  readHashes(keys: readonly string[]): Promise<HashReads>;
  /**
   * Reads strings of one server with MGET, and its clock. It has no time limit of its own. Undefined while
   * the connection is not usable, or if the server refuses it. Not for a cluster.
   *
   * @throws UnavailableError if the connection is lost
   */
  readBytes(keys: readonly string[]): Promise<ByteReads | undefined>;
  /** Reads single keys on their nodes; see `readKeys`. */
  readKeys(reads: readonly KeyRead[]): Promise<readonly (Buffer | null | undefined)[]>;
  /**
   * Reads with INFO how full the memory of the server is that owns the key. It has no time limit of its own,
   * and never rejects.
   */
  readMemory(key: string): Promise<ServerMemory>;
  /**
   * Ends all listening, and removes the client's listeners from your connection, which stays open.
   * Later calls end with CLOSED.
   */
  close(): void;
}

/**
 * Makes a client for these scripts. A generated `createClient` calls it for its own scripts.
 *
 * ```ts
 * const client = createScriptClient(new Redis(), scripts, { namespace: "shop" });
 * const stock = await client.tenant("acme").stock.read({ product: "lamp", low: 2 });
 * if (stock.outcome === "known") console.log(stock.total);
 * ```
 */
export function createScriptClient<const All extends Scripts>(
  redis: RedisLike,
  scripts: All,
  options: ClientOptions = {},
): ScriptClient<Operations<All>> {
  if (typeof options !== "object" || options === null) throw new ArgumentError("options", "an object");
  const unchecked = readFrom("options", () => {
    refuseUnknownOptions(options, clientOptions);
    return {
      namespace: options.namespace ?? defaults.namespace.value,
      deadlineMs: options.deadlineMs ?? defaults.deadlineMs.value,
      retries: options.retries ?? defaults.retries.value,
      allowEviction: options.allowEviction ?? false,
      batching: options.batching,
      order: options.order ?? defaults.order.value,
      credentials: options.credentials,
      observers: options.observers ?? [],
    };
  });
  const namespace = checkedName("namespace", unchecked.namespace);
  const deadlineMs = checkedDeadline(unchecked.deadlineMs);
  const retries = checkedRetries(unchecked.retries);
  const batching = checkedBatching(unchecked, true);
  const order = checkedOrder(unchecked.order);
  checkConnection(redis);
  const provider = unchecked.credentials && checkedProvider(unchecked.credentials);
  const observers = new Observers(unchecked.observers);
  const all = checkedScripts(scripts, Object.keys(clientOptions));
  if (all.some(({ keyPatterns }) => keyPatterns.some(isClientKey))) {
    throw new ArgumentError(
      "scripts",
      `no key pattern that ends in ${reservedSuffixes}: the client writes such keys`,
    );
  }
  const connection = adapted(redis);
  if (provider !== undefined && connection !== redis) {
    throw new ArgumentError("credentials", "undefined; node-redis has a credentialsProvider of its own");
  }
  const scriptSet = new ScriptSet(all, unchecked.allowEviction);
  // The login comes first, because it must know a new node of a cluster before that connects.
  const login = provider && new Login(connection, provider, observers, () => listener.renewLogin());
  const listener = new Listener(connection, deadlineMs, login);
  const topology = topologyOf(connection, scriptSet, login);
  const transport = new DirectTransport(topology, observers);
  const caller = new Caller(transport, topology, observers, { deadlineMs, retries, batching, order });
  return {
    namespace,
    tenant: (name) => operationsOf(caller, scripts, createScope(namespace, name)),
    scriptsOf: (name, domain) => domainOf(caller, scripts, domain, createScope(namespace, name)),
    ready: (wait) => (caller.isClosed ? Promise.reject(closedError()) : whenReady(topology, wait)),
    listen: (channel, wake, ended) => listener.listen(channel, wake, ended),
    listenPattern: (pattern, wake, ended) => listener.listenPattern(pattern, wake, ended),
    readSortedSets: (keys, count, from) => readSortedSets(topology, keys, count, deadlineMs, from),
    readHashes: (keys) => readHashes(topology, keys, deadlineMs),
    readBytes: (keys) => readBytes(topology, keys),
    readKeys: (reads) => readKeys(topology, reads),
    readMemory: (key) => readMemory(topology, key),
    close() {
      caller.close();
      listener.close();
      topology.dispose();
      login?.close();
    },
  };
}

function topologyOf(redis: ConnectionOfIoredis, scripts: ScriptSet, login: Login | undefined): Topology {
  return isCluster(redis)
    ? new ClusterServers(redis, scripts, login)
    : new SingleServer(redis, scripts, login);
}

function checkedOrder(order: CallOrder): CallOrder {
  if (order === "slot" || order === "strict") return order;
  throw new ArgumentError("order", "slot or strict");
}

function checkedRetries(retries: number): number {
  if (Number.isInteger(retries) && retries >= 0 && retries <= 1_000) return retries;
  throw new ArgumentError("retries", "a whole number from 0 to 1000");
}
