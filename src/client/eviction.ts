import { EvictionError } from "./errors.js";
import { codeOf, Down, isAnswer } from "./failure.js";
import type { RedisNode } from "./redis.js";
import type { ScriptFacts } from "./script.js";

/** Watches that a server evicts no keys on which a promise rests: its `maxmemory-policy` must be `noeviction`. */
export class EvictionGuard {
  readonly #node: RedisNode;
  #policy: string | undefined;
  #reading: Promise<string | undefined> | undefined;

  constructor(node: RedisNode) {
    this.#node = node;
  }

  /** Whether the server said so, the last time that it was asked. */
  get safe(): boolean {
    return this.#policy === "noeviction";
  }

  /** The next connection may lead to another server, or the policy be another by then. */
  forget(): void {
    this.#policy = undefined;
    this.#reading = undefined;
  }

  /** Asks the server that the connection leads to now. */
  renew(): void {
    this.forget();
    this.#read().catch(() => {}); // Who needs the answer asks again.
  }

  /** Resolves when promises may rest on this server; rejects with EVICTION. Asks the server unless it is known to be safe. */
  async check(script?: ScriptFacts): Promise<void> {
    const policy = this.safe ? this.#policy : await this.#read();
    if (policy === "noeviction") return;
    const why =
      policy === undefined
        ? "the server's maxmemory-policy cannot be read with INFO memory, and might evict keys that must not be lost"
        : `maxmemory-policy is ${policy}, which may evict keys that must not be lost; set it to noeviction`;
    throw new EvictionError(why, { script });
  }

  /** Everybody who asks meanwhile shares one question. */
  #read(): Promise<string | undefined> {
    if (this.#reading) return this.#reading;
    const reading = this.#ask().then((policy) => {
      // What was asked before a reconnect says nothing of now.
      if (this.#reading !== reading) throw new Down("the connection was replaced meanwhile");
      this.#policy = policy;
      return policy;
    });
    this.#reading = reading;
    const ended = () => {
      if (this.#reading === reading) this.#reading = undefined;
    };
    reading.then(ended, ended);
    return reading;
  }

  async #ask(): Promise<string | undefined> {
    const info = await this.#node.call("info", ["memory"]).catch((error: unknown) => {
      if (!isAnswer(error)) throw new Down("the connection was lost while reading maxmemory-policy");
      // A user without INFO: nothing is known, and the promise is not given on a guess.
      if (codeOf(error) === "NOPERM") return "";
      throw error;
    });
    return /^maxmemory_policy:([\w-]+)/m.exec(String(info))?.[1];
  }
}
