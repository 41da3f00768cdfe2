import type { Redis } from "ioredis";

/**
 * The source of a cache: a version for each entry, on a server that no fault touches. Processes share
 * what was confirmed through it, so a reading of it comes before or after a confirmation.
 */
export class Source {
  readonly #redis: Redis;
  readonly prefix: string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.prefix = prefix;
  }

  async version(entry: string): Promise<number> {
    return Number((await this.#redis.get(this.#key("version", entry))) ?? 0);
  }

  /** Changes the source. Returns the new version. */
  raise(entry: string): Promise<number> {
    return this.#redis.incr(this.#key("version", entry));
  }

  /** Every caller from now on must see at least this version. */
  async confirm(entry: string, version: number): Promise<void> {
    await this.#redis.set(this.#key("confirmed", entry), version);
  }

  /** The version that a call from now on must see at least. */
  async confirmed(entry: string): Promise<number> {
    return Number((await this.#redis.get(this.#key("confirmed", entry))) ?? 0);
  }

  /** Counts a load. Returns its number, from 1 on. */
  countLoad(entry: string): Promise<number> {
    return this.#redis.incr(this.#key("loads", entry));
  }

  async loads(entry: string): Promise<number> {
    return Number((await this.#redis.get(this.#key("loads", entry))) ?? 0);
  }

  #key(what: string, entry: string): string {
    return `${this.prefix}:${what}:${entry}`;
  }
}
