import { EvictionError, UnsupportedServerError } from "../../core/errors.js";
import { codeOf, isServerError, NotSentError, refusedByIoredis } from "../call/failure.js";
import type { ScriptFacts } from "../script/script.js";
import type { RedisNode } from "./redis.js";

/** What INFO says about a server. */
interface ServerFacts {
  readonly policy: string | undefined;
  /** Why no script may run on this version. */
  readonly defect: string | undefined;
  readonly isClusterNode: boolean;
}

/**
 * Checks that a server keeps all values: its `maxmemory-policy` is `noeviction`, and its version
 * stores the numbers of scripts correctly.
 */
export class EvictionGuard {
  readonly #node: RedisNode;
  #facts: ServerFacts | undefined;
  #reading: Promise<ServerFacts> | undefined;
  /** Ends the read. ioredis may keep quiet about a command whose connection was lost. */
  #abandon: ((reason: Error) => void) | undefined;

  constructor(node: RedisNode) {
    this.#node = node;
  }

  /** Whether the last INFO of this connection passed both checks. */
  get isSafe(): boolean {
    return this.#facts?.policy === "noeviction" && this.#facts.defect === undefined;
  }

  /** Whether the last INFO of this connection came from a node of a cluster. */
  get isClusterNode(): boolean {
    return this.#facts?.isClusterNode === true;
  }

  /** Discards the facts: the next connection may lead to another server or find another policy. */
  reset(): void {
    this.#facts = undefined;
    this.#reading = undefined;
    this.#abandon?.(new NotSentError(CONNECTION_LOST));
    this.#abandon = undefined;
  }

  /** Reads the facts of the server that the connection leads to now. */
  refresh(): void {
    this.reset();
    this.#read().catch(() => {}); // `check` reads again and reports the error.
  }

  /**
   * Resolves if the server passes. Rejects with EVICTION or UNSUPPORTED_SERVER. Reads INFO unless
   * it passed before.
   */
  async check(script?: ScriptFacts): Promise<void> {
    if (this.isSafe) return;
    const { policy, defect } = await this.#read();
    if (defect !== undefined) throw new UnsupportedServerError(defect, { script });
    if (policy === "noeviction") return;
    const why =
      policy === undefined
        ? "the server's maxmemory-policy cannot be read with INFO memory, and might evict keys that must not be lost"
        : `maxmemory-policy is ${policy}, which may evict keys that must not be lost; set it to noeviction`;
    throw new EvictionError(why, { script });
  }

  /** Concurrent callers share one INFO. */
  #read(): Promise<ServerFacts> {
    if (this.#reading) return this.#reading;
    const lost = new Promise<never>((_, reject) => {
      this.#abandon = reject;
    });
    const reading = Promise.race([this.#readInfo(), lost]).then((facts) => {
      // After a reconnect the server may be another one.
      if (this.#reading !== reading) throw new NotSentError("the connection was replaced meanwhile");
      this.#facts = facts;
      return facts;
    });
    this.#reading = reading;
    const ended = () => {
      if (this.#reading === reading) this.#reading = undefined;
    };
    reading.then(ended, ended);
    return reading;
  }

  async #readInfo(): Promise<ServerFacts> {
    const info = await this.#node.call("info", ["memory", "server", "cluster"]).catch((error: unknown) => {
      if (error instanceof Error && refusedByIoredis.test(error.message))
        throw new NotSentError(error.message, "refuses");
      if (!isServerError(error)) throw new NotSentError(CONNECTION_LOST);
      // The user may not call INFO, so the policy is unknown and `check` rejects.
      if (codeOf(error) === "NOPERM") return "";
      throw error;
    });
    const field = (name: string) => new RegExp(`^${name}:([\\w.-]+)`, "m").exec(String(info))?.[1];
    return {
      policy: field("maxmemory_policy"),
      defect: versionDefect(field("redis_version"), field("valkey_version")),
      isClusterNode: field("cluster_enabled") === "1",
    };
  }
}

const CONNECTION_LOST = "the connection was lost while reading maxmemory-policy";

/**
 * Redis 7.2.0 to 7.2.4 and Valkey 7.2.5 pass a script's 100000000 to a command as `1e+8`. That text
 * is stored, and no script can read it. All versions of Valkey report `redis_version:7.2.4`.
 */
function versionDefect(redis: string | undefined, valkey: string | undefined): string | undefined {
  const action = "stores large round numbers of scripts as 1e+8; upgrade it to";
  if (valkey === "7.2.5") return `Valkey 7.2.5 ${action} 7.2.6 or later`;
  if (valkey === undefined && /^7\.2\.[0-4]$/.test(redis ?? ""))
    return `Redis ${redis} ${action} 7.2.5 or later`;
  return undefined;
}
