import { setTimeout as pause } from "node:timers/promises";
import { isAborted } from "../core/abort-signal.js";
import { Deadline, DeadlineReached } from "../core/deadline.js";
import { AbortedError, ArgumentError, ClosedError, MoonpathError, UnavailableError } from "../core/errors.js";
import { readFrom } from "../core/read-from.js";
import { Caller } from "./call/caller.js";
import { isServerError, NotSentError, typedError } from "./call/failure.js";
import { type Observer, Observers } from "./call/observer.js";
import { type CallOptions, checkedDeadline, checkedOptions } from "./call/options.js";
import { DirectTransport } from "./call/transport.js";
import { Listener, type Listening } from "./connection/listener.js";
import { isCluster, type RedisLike } from "./connection/redis.js";
import { ClusterServers, SingleServer, type Topology } from "./connection/topology.js";
import { defaults } from "./defaults.js";
import { isClientKey, reservedSuffixes } from "./script/reserved.js";
import { checkedName, createScope } from "./script/scope.js";
import type { Scope, Script } from "./script/script.js";
import { type AnyScript, ScriptSet } from "./script/script-set.js";

/** Scripts by domain and operation, as a generated index exports them. */
export type Scripts = Readonly<Record<string, Readonly<Record<string, AnyScript>>>>;

/** The typed function of one script. */
export type Operation<Args, Reply> = (args: Args, options?: CallOptions) => Promise<Reply>;

/** One typed function for each script: `tenant.stock.setLevel({ … })`. */
export type Operations<All extends Scripts> = {
  readonly [Domain in keyof All]: {
    readonly [Name in keyof All[Domain]]: All[Domain][Name] extends Script<infer Args, infer Reply>
      ? Operation<Args, Reply>
      : never;
  };
};

/** Options of a client; all may be left out. */
export interface ClientOptions {
  /** First field of every key: 1 to 64 characters of `A-Z a-z 0-9 _ . -`. Default `moonpath`. */
  readonly namespace?: string | undefined;
  /** Milliseconds until any call ends, retries included. Default 1000. */
  readonly deadlineMs?: number | undefined;
  /** The most retries within that time. Default 20; 0 turns retries off. */
  readonly retries?: number | undefined;
  /**
   * Runs scripts that write `@evict never` keys, such as locks, also on a server that may evict them, or whose
   * `maxmemory-policy` cannot be read. Default false: they end with EVICTION there, and so does `ready()`.
   */
  readonly allowEviction?: boolean | undefined;
  /** Who looks on; see `Observer`. */
  readonly observers?: readonly Observer[] | undefined;
}

/** A client over one connection or cluster. `Tenant` has a function for each script, by domain and operation. */
export interface ScriptClient<Tenant> {
  /** First field of every key. */
  readonly namespace: string;
  /** The scripts' functions for one tenant: 1 to 64 characters of `A-Z a-z 0-9 _ . -`. Cheap; make it at will. */
  tenant(name: string): Tenant;
  /**
   * Resolves when all scripts are loaded on all servers. Calls need not wait for it; a start-up probe may.
   * Rejects with UNAVAILABLE after `deadlineMs` (default 10,000), with SCRIPT_NOT_LOADED, NO_PERMISSION, EVICTION,
   * ABORTED or CLOSED. A later call of it looks anew.
   */
  ready(options?: CallOptions): Promise<void>;
  /**
   * Calls `wake` when a message comes on the channel, and after a reconnect, since one may have been missed.
   * Scripts publish on channels named like keys: `keys.lock(scope, "nightly")`. A message is a courtesy of
   * Redis and may be lost: look for yourself from time to time. Never fails because of a lost connection.
   *
   * All listeners of a client share one connection, a `duplicate()` of yours. It is made for the first, ended
   * five seconds after the last and at `close()`, and keeps no process alive.
   *
   * ```ts
   * const listening = moonpath.listen(keys.lock(scope, "nightly"), tryAgain);
   * await listening.ready; // from here on no message is missed unnoticed
   * listening.stop();
   * ```
   *
   * @throws ClosedError after `close()`, ArgumentError for a channel that is no text and a `wake` that is no function
   */
  listen(channel: string, wake: () => void): Listening;
  /**
   * Lets go of the connection, which stays open and yours, and ends all listening. Later calls fail with
   * CLOSED.
   */
  close(): void;
}

/**
 * Makes a client for these scripts. A generated `createClient` calls it for its own scripts.
 *
 * ```ts
 * const client = createScriptClient(new Redis(), { stock: { apply, read } }, { namespace: "shop" });
 * const stock = await client.tenant("acme").stock.read({ product: "lamp", low: 2 });
 * if (stock.outcome === "known") console.log(stock.total);
 * ```
 */
export function createScriptClient<const All extends Scripts>(
  redis: RedisLike,
  scripts: All,
  options: ClientOptions = {},
): ScriptClient<Operations<All>> {
  const given = readFrom("options", () => ({
    namespace: options.namespace ?? defaults.namespace.value,
    deadlineMs: options.deadlineMs ?? defaults.deadlineMs.value,
    retries: options.retries ?? defaults.retries.value,
    allowEviction: options.allowEviction ?? false,
    observers: options.observers ?? [],
  }));
  const namespace = checkedName("namespace", given.namespace);
  const deadlineMs = checkedDeadline(given.deadlineMs);
  const retries = checkedRetries(given.retries);
  checkConnection(redis);
  const observers = new Observers(given.observers);
  const all = readFrom("scripts", () => Object.values(scripts).flatMap((domain) => Object.values(domain)));
  if (all.some(({ keyPatterns }) => keyPatterns.some(isClientKey))) {
    throw new ArgumentError(
      "scripts",
      `no key pattern that ends in ${reservedSuffixes}: the client writes such keys`,
    );
  }
  const topology = topologyOf(redis, new ScriptSet(all, given.allowEviction));
  const transport = new DirectTransport(topology, observers);
  const caller = new Caller(transport, topology, observers, { deadlineMs, retries });
  const listener = new Listener(redis, deadlineMs);
  return {
    namespace,
    tenant: (name) => operationsOf(caller, scripts, createScope(namespace, name)),
    ready: (wait) => (caller.isClosed ? Promise.reject(closedError()) : ready(topology, wait)),
    listen: (channel, wake) => listener.listen(channel, wake),
    close() {
      caller.close();
      listener.close();
      topology.dispose();
    },
  };
}

function checkConnection(redis: RedisLike): void {
  const expected = "a connection or a cluster of ioredis or iovalkey";
  const isConnection = readFrom("redis", () => typeof redis.on === "function", undefined, expected);
  const keyPrefix = readFrom("redis", () => redis.options.keyPrefix, undefined, expected);
  if (!isConnection) throw new ArgumentError("redis", expected);
  if (!keyPrefix) return;
  throw new ArgumentError("redis", "a connection without keyPrefix; the namespace option is its place");
}

function topologyOf(redis: RedisLike, library: ScriptSet): Topology {
  return isCluster(redis) ? new ClusterServers(redis, library) : new SingleServer(redis, library);
}

function operationsOf<All extends Scripts>(caller: Caller, scripts: All, scope: Scope): Operations<All> {
  const operations = mapValues(scripts, (domain) =>
    mapValues(
      domain,
      (script) => (args: never, options?: CallOptions) => caller.call(script, scope, args, options),
    ),
  );
  if (!matches(operations, scripts)) throw new TypeError("a script has no function");
  return operations;
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  to: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value)]));
}

/** Whether there is a function for every script: what `Operations` says of them follows from `Caller.call`. */
function matches<All extends Scripts>(
  operations: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  scripts: All,
): operations is Operations<All> {
  return Object.entries(scripts).every(([domain, names]) =>
    Object.keys(names).every((name) => typeof operations[domain]?.[name] === "function"),
  );
}

async function ready(topology: Topology, options?: CallOptions): Promise<void> {
  const { deadlineMs, signal } = checkedOptions(options, defaults.readyMs.value);
  if (isAborted(signal)) throw abortedError();
  const limit = new Deadline(deadlineMs, signal);
  try {
    await limit.race(loaded(topology, limit));
  } catch (error) {
    if (error instanceof MoonpathError) throw error;
    if (error instanceof DeadlineReached && error.reason === "aborted") throw abortedError();
    if (error instanceof NotSentError && error.permanentReason === "closed") throw closedError();
    if (isServerError(error)) throw typedError(undefined, nothing, error);
    throw new UnavailableError("the scripts could not be loaded in time");
  } finally {
    limit.release();
  }
}

async function loaded(topology: Topology, limit: Deadline): Promise<void> {
  for (;;) {
    try {
      return await topology.whenLoaded(limit);
    } catch (error) {
      // A connection that was lost, or a node that is gone: another look, as long as somebody waits for it.
      if (!(error instanceof NotSentError) || error.permanentReason || limit.cancelled) throw error;
      topology.refreshSoon();
      await pause(defaults.firstDelayMs.value);
    }
  }
}

const abortedError = () => new AbortedError("the wait was aborted");
const closedError = () => new ClosedError("the client was closed");

const nothing = { keys: [], args: [] } as const;

function checkedRetries(retries: number): number {
  if (Number.isInteger(retries) && retries >= 0 && retries <= 1_000) return retries;
  throw new ArgumentError("retries", "a whole number from 0 to 1000");
}
