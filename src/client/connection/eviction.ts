import { EvictionError, UnsupportedServerError } from "../../core/errors.js";
import { codeOf, isServerError, NotSentError } from "../call/failure.js";
import type { ScriptFacts } from "../script/script.js";
import type { RedisNode } from "./redis.js";

/** What a server says of itself. */
interface ServerFacts {
  readonly policy: string | undefined;
  /** Why no script may run on it. */
  readonly defect: string | undefined;
}

/**
 * Watches that a server keeps what it is given: it evicts no keys on which a promise rests (its `maxmemory-policy` is
 * `noeviction`), and stores numbers as they are.
 */
export class EvictionGuard {
  readonly #node: RedisNode;
  #facts: ServerFacts | undefined;
  #reading: Promise<ServerFacts> | undefined;

  constructor(node: RedisNode) {
    this.#node = node;
  }

  /** Whether the server said so, the last time that it was asked. */
  get isSafe(): boolean {
    return this.#facts?.policy === "noeviction" && this.#facts.defect === undefined;
  }

  /** The next connection may lead to another server, or the policy be another by then. */
  reset(): void {
    this.#facts = undefined;
    this.#reading = undefined;
  }

  /** Asks the server that the connection leads to now. */
  refresh(): void {
    this.reset();
    this.#read().catch(() => {}); // Who needs the answer asks again.
  }

  /** Resolves when promises may rest on this server; rejects with EVICTION or UNSUPPORTED_SERVER. Asks it unless that is known. */
  async check(script?: ScriptFacts): Promise<void> {
    if (this.isSafe) return;
    const { policy, defect: unfit } = await this.#read();
    if (unfit !== undefined) throw new UnsupportedServerError(unfit, { script });
    if (policy === "noeviction") return;
    const why =
      policy === undefined
        ? "the server's maxmemory-policy cannot be read with INFO memory, and might evict keys that must not be lost"
        : `maxmemory-policy is ${policy}, which may evict keys that must not be lost; set it to noeviction`;
    throw new EvictionError(why, { script });
  }

  /** Everybody who asks meanwhile shares one question. */
  #read(): Promise<ServerFacts> {
    if (this.#reading) return this.#reading;
    const reading = this.#readInfo().then((facts) => {
      // What was asked before a reconnect says nothing of now.
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
    const info = await this.#node.call("info", ["memory", "server"]).catch((error: unknown) => {
      if (!isServerError(error)) throw new NotSentError("the connection was lost while reading maxmemory-policy");
      // A user without INFO: nothing is known, and the promise is not given on a guess.
      if (codeOf(error) === "NOPERM") return "";
      throw error;
    });
    const field = (name: string) => new RegExp(`^${name}:([\\w.-]+)`, "m").exec(String(info))?.[1];
    return {
      policy: field("maxmemory_policy"),
      defect: versionDefect(field("redis_version"), field("valkey_version")),
    };
  }
}

/**
 * Redis 7.2.0 to 7.2.4 and Valkey 7.2.5 hand a script's 100000000 to a command as `1e+8`. It is stored so, and no script
 * reads it again. Valkey says `redis_version:7.2.4` in all its versions.
 */
function versionDefect(redis: string | undefined, valkey: string | undefined): string | undefined {
  const spoils = "stores large round numbers of scripts as 1e+8; upgrade it to";
  if (valkey === "7.2.5") return `Valkey 7.2.5 ${spoils} 7.2.6 or later`;
  if (valkey === undefined && /^7\.2\.[0-4]$/.test(redis ?? ""))
    return `Redis ${redis} ${spoils} 7.2.5 or later`;
  return undefined;
}
