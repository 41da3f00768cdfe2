import { EventEmitter } from "node:events";
import type { KeyvStoreAdapter, StoredData } from "keyv";
import {
  type Cache,
  checkedTags,
  EntryPattern,
  type MakeCache,
  type TenantCache,
  type TenantInvalidations,
  textCodec,
} from "../cache/index.js";
import { checkedInteger } from "../core/checks.js";
import { ArgumentError, UnavailableError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import { asError, notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { SHARED_TENANT } from "../core/shared-tenant.js";
import { keyvDefaults as defaults } from "./defaults.js";

/** A client that makes caches, such as `createMoonpath` or `createCacheClient` returns. */
export interface KeyvClient {
  readonly cache: MakeCache;
  tenant(name: string): { readonly cache: TenantInvalidations };
}

/** The options of `createKeyvStore`. All may be left out. */
export interface KeyvStoreOptions {
  /** The tenant of the entries. Its invalidations and its purge affect them. Default: one for all. */
  readonly tenant?: string | undefined;
  /** Milliseconds for which a value without a TTL is kept. Default 2,592,000,000, which is 30 days. */
  readonly ttlMs?: number | undefined;
  /** The tags of an entry by its key, for `tenant.cache.invalidateTags`. It must not change. */
  readonly tags?: ((key: string) => readonly string[]) | undefined;
  /** Milliseconds that Redis may take for one reading. Default 250. */
  readonly cacheTimeoutMs?: number | undefined;
  /** A larger value is refused. Default 1,048,576. */
  readonly maxBytes?: number | undefined;
}

const keyvStoreOptions: OptionNames<KeyvStoreOptions> = {
  tenant: true,
  ttlMs: true,
  tags: true,
  cacheTimeoutMs: true,
  maxBytes: true,
};

const PATTERN = "keyv:<namespace>:<key>";

type Fields = { readonly namespace: string | number; readonly key: string | number };

/** The namespace of a Keyv that has none. */
const NO_NAMESPACE = "-";

/** A key of so few characters is never replaced by its digest in the name of an entry. */
const ALWAYS_NAMED = 22;

/**
 * Makes a store for one Keyv. Its values are entries of Moonpath's cache: `clear()` takes one round trip at
 * any number of keys, also on a cluster, and invalidations of the tenant affect them.
 *
 * ```ts
 * const keyv = new Keyv({ store: createKeyvStore(moonpath), namespace: "sessions" });
 * keyv.on("error", (error) => console.error(error));
 * await keyv.set("s-17", { user: "anna" }, 60_000);
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function createKeyvStore(client: KeyvClient, options: KeyvStoreOptions = {}): KeyvStore {
  const resolved = readFrom("options", () => {
    refuseUnknownOptions(options, keyvStoreOptions);
    const { tenant = SHARED_TENANT, tags = () => [], cacheTimeoutMs, maxBytes } = options;
    if (typeof tags !== "function") throw new ArgumentError("tags", "a function of the key");
    const ttlMs = checkedInteger("ttlMs", options.ttlMs ?? defaults.ttlMs.value, 1, MAX_DURATION_MS);
    return { tenant, tags, ttlMs, cacheTimeoutMs, maxBytes };
  });
  if (typeof client?.cache !== "function" || typeof client.tenant !== "function") {
    throw new ArgumentError("client", "a client with caches, such as createMoonpath returns");
  }
  return new KeyvStore(client, resolved);
}

interface ResolvedOptions extends KeyvStoreOptions {
  readonly tenant: string;
  readonly tags: (key: string) => readonly string[];
  readonly ttlMs: number;
}

/**
 * The store of one Keyv, which `createKeyvStore` makes. It emits `error` for each error of a reading, and
 * then the key has no value.
 */
export class KeyvStore extends EventEmitter implements KeyvStoreAdapter {
  /** Keyv reads `dialect`: it iterates over stores of known dialects only. */
  readonly opts: Record<string, unknown> = { dialect: "redis", url: "" };
  readonly #entries: TenantCache<Fields, string>;
  readonly #invalidations: TenantInvalidations;
  readonly #pattern = new EntryPattern<Fields>(PATTERN);
  readonly #tagsOf: (key: string) => readonly string[];
  readonly #ttlMs: number;
  #namespace: string | undefined;
  /** The tag of all keys of the namespace. */
  #tag = "";

  constructor(client: KeyvClient, { tenant, tags, ttlMs, cacheTimeoutMs, maxBytes }: ResolvedOptions) {
    super();
    this.#tagsOf = tags;
    this.#ttlMs = ttlMs;
    const cache: Cache<Fields, string> = client.cache({
      pattern: PATTERN,
      freshMs: ttlMs,
      jitter: 0,
      codec: textCodec(),
      cacheTimeoutMs,
      maxBytes,
      tags: ({ key }) => [this.#tag, ...this.#ownTags(String(key))],
      onError: (error) => this.#failed(error),
    });
    this.#entries = cache.tenant(tenant);
    this.#invalidations = client.tenant(tenant).cache;
    this.namespace = undefined;
  }

  /** Keyv sets it. Keys of other namespaces are other entries. */
  get namespace(): string | undefined {
    return this.#namespace;
  }

  set namespace(namespace: string | undefined) {
    const name = this.#pattern.nameOf({ namespace: namespace || NO_NAMESPACE, key: "-" });
    this.#namespace = namespace;
    this.#tag = name.slice(0, -":-".length);
  }

  /** The stored text; undefined if there is none, or Redis does not answer. */
  get<Value>(key: string): Promise<StoredData<Value> | undefined>;
  async get(key: string): Promise<unknown> {
    const stored = await this.#entries.get(this.#fieldsOf(key));
    return stored === undefined ? undefined : this.#textOf(key, stored);
  }

  getMany<Value>(keys: string[]): Promise<StoredData<Value | undefined>[]>;
  async getMany(keys: string[]): Promise<unknown> {
    return Promise.all(keys.map((key) => this.get(key)));
  }

  /**
   * Stores a text. `false`: a writer or an invalidation with `settleMs` blocks the entry.
   *
   * @param ttl milliseconds
   * @throws the errors of the script
   */
  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    if (typeof value !== "string") {
      throw new ArgumentError("value", "text, so leave `serialize` of Keyv as it is");
    }
    const wantedMs = Math.min(Math.ceil(ttl ?? this.#ttlMs), MAX_DURATION_MS);
    const freshMs = checkedInteger("ttl", wantedMs, 1, MAX_DURATION_MS);
    const stored = this.#isNamed(key) ? value : `${key.length}:${key}${value}`;
    return (await this.#entries.set(this.#fieldsOf(key), stored, { freshMs })) === "set";
  }

  setMany(entries: readonly { key: string; value: unknown; ttl?: number }[]): Promise<void>;
  /** Whether each one is stored. Keyv passes that on, although its type says that there is no result. */
  async setMany(entries: readonly { key: string; value: unknown; ttl?: number }[]): Promise<unknown> {
    const set = entries.map(({ key, value, ttl }) => this.set(key, value, ttl));
    return Promise.all(
      set.map((one) =>
        one.catch((error: unknown) => {
          this.#failed(error);
          return false;
        }),
      ),
    );
  }

  /**
   * Removes a key. Returns whether it had a value.
   *
   * @throws UnavailableError if Redis has not confirmed it; then this process repeats it
   */
  async delete(key: string): Promise<boolean> {
    const fields = this.#fieldsOf(key);
    const existed = await this.#entries.exists(fields);
    checkDone(await this.#entries.delete(fields));
    return existed;
  }

  /** Removes keys. Returns whether one of them had a value. */
  async deleteMany(keys: string[]): Promise<boolean> {
    return (await Promise.all(keys.map((key) => this.delete(key)))).includes(true);
  }

  /** Removes all keys of the namespace, at any number in one round trip; two on a cluster. */
  async clear(): Promise<void> {
    checkDone(await this.#invalidations.invalidateTags([this.#tag]));
  }

  has(key: string): Promise<boolean> {
    return this.#entries.exists(this.#fieldsOf(key));
  }

  hasMany(keys: string[]): Promise<boolean[]> {
    return Promise.all(keys.map((key) => this.has(key)));
  }

  /** The keys of a namespace and their texts. It reads the whole keyspace in steps. */
  iterator<Value>(namespace?: string): AsyncGenerator<(string | Awaited<Value> | undefined)[], void>;
  async *iterator(namespace = this.#namespace): AsyncGenerator<(string | undefined)[], void> {
    for await (const { name, value } of this.#entries.entries({ namespace: namespace || NO_NAMESPACE })) {
      const [, , field = ""] = name.split(":");
      if (!field.startsWith("%~")) {
        yield [decodeURIComponent(field), value];
        continue;
      }
      const end = value.indexOf(":");
      const keyEnd = end + 1 + Number(value.slice(0, end));
      yield [value.slice(end + 1, keyEnd), value.slice(keyEnd)];
    }
  }

  /** It has no connection of its own. You close that of the client yourself. */
  async disconnect(): Promise<void> {}

  #fieldsOf(key: string): Fields {
    return { namespace: this.#namespace || NO_NAMESPACE, key };
  }

  /** Whether the name of the entry has the whole key. Otherwise the value has it too, for `iterator`. */
  #isNamed(key: string): boolean {
    if (key.length <= ALWAYS_NAMED) return true;
    return !this.#pattern.nameOf({ namespace: NO_NAMESPACE, key }).includes(":%~");
  }

  #textOf(key: string, stored: string): string {
    return this.#isNamed(key) ? stored : stored.slice(`${key.length}:`.length + key.length);
  }

  #ownTags(key: string): readonly string[] {
    return checkedTags(this.#tagsOf(this.#withoutPrefix(key)), "a function that returns a list of names");
  }

  /** Keyv puts its namespace before each key. */
  #withoutPrefix(key: string): string {
    if (!this.#namespace) return key;
    const prefix = `${this.#namespace}:`;
    return key.startsWith(prefix) ? key.slice(prefix.length) : key;
  }

  /** Without a listener, an EventEmitter would throw it. */
  #failed(error: unknown): void {
    // A listener that throws must not turn a miss into an error.
    if (this.listenerCount("error") > 0) notify((told) => this.emit("error", told), asError(error));
  }
}

/** @throws UnavailableError */
function checkDone(outcome: "done" | "pending"): void {
  if (outcome === "pending") {
    throw new UnavailableError("Redis has not confirmed the removal, so this process repeats it");
  }
}
