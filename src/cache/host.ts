import * as keys from "../../generated/ts/keys.js";
import { checkedScope, isConnected, isOneServer, type RedisLike, type Scope } from "../client/index.js";
import { Circuit } from "../core/circuit.js";
import { UnavailableError } from "../core/errors.js";
import { pause } from "../core/wait.js";
import { cacheDefaults as defaults } from "./defaults.js";
import { TrackedL1 } from "./l1/tracked-l1.js";
import { EntryChecks } from "./leased/checks.js";
import { CacheObservers } from "./observed.js";
import type { CacheQuotas } from "./quota/limits.js";
import { TenantQuota } from "./quota/tenant-quota.js";
import { QuickReads } from "./read/quick-reads.js";
import { RedisClock } from "./read/redis-clock.js";
import { SharedReads } from "./read/shared-reads.js";
import { MemoryGuard } from "./server/memory-guard.js";
import type { CacheClient, CacheServers, QuotaClient } from "./server/servers.js";
import type { TenantKeys } from "./tenant-keys.js";
import { TenantState } from "./tenant-state.js";
import { Invalidations } from "./write/invalidations.js";

/** Above so many tenants, the one that was used first is forgotten. It costs nothing but its memory. */
const MAX_TENANTS = 10_000;

/** Events of a connection and of a cluster after which another primary may answer. */
const failoverEvents = ["ready", "+node", "-node"];

/** What the caches of a client share: invalidations, the state of each tenant, and the circuit. */
export class CacheHost {
  readonly invalidations: Invalidations;
  readonly memory: MemoryGuard;
  /** Undefined if nobody observes caches. */
  readonly observers: CacheObservers | undefined;
  readonly #client: CacheClient;
  readonly #redis: RedisLike;
  readonly #first: QuotaClient;
  readonly #quotas: CacheQuotas | undefined;
  readonly #l1: TrackedL1 | undefined;
  readonly #circuit = new Circuit(defaults.maxFailures.value);
  /** Undefined on a cluster, where one command reads the keys of one slot. */
  readonly #shared: SharedReads | undefined;
  readonly #tenants = new Map<string, TenantState>();
  #loopShared: SharedReads | undefined;
  #clock: RedisClock | undefined;
  /** The first connection is no failover. */
  #wasConnected: boolean;
  readonly #onServers = () => {
    if (this.#wasConnected) this.invalidations.repeatRecent();
    else this.#wasConnected = isConnected(this.#redis);
  };

  /** @throws ArgumentError for L1 with a connection that cannot have it */
  constructor({ client, first, redis, options, clientOptions }: CacheServers) {
    const { l1, memoryShare, quota, onError } = options;
    this.#first = first;
    this.#quotas = quota;
    this.memory = new MemoryGuard(client, redis, memoryShare);
    this.#l1 =
      l1 && new TrackedL1(redis, l1, this.#circuit, { ...clientOptions, namespace: client.namespace });
    this.#client = client;
    this.#redis = redis;
    this.#wasConnected = isConnected(redis);
    if (isOneServer(redis)) this.#shared = new SharedReads((keys) => client.readBytes(keys), this.#circuit);
    this.observers = CacheObservers.of(clientOptions.observers);
    const tenants = {
      isOneServer: isOneServer(redis),
      of: (tenant: string) => this.stateOf(tenant),
      observers: this.observers,
    };
    this.invalidations = new Invalidations(tenants, onError);
    for (const event of failoverEvents) redis.on(event, this.#onServers);
  }

  get redis(): RedisLike {
    return this.#redis;
  }

  /** @throws ArgumentError for the name of a tenant that is not valid */
  stateOf(tenant: string): TenantState {
    const known = this.#tenants.get(tenant);
    if (known) return known;
    const scope = this.scopeOf(tenant);
    const scripts = this.#client.scriptsOf(tenant, "cache");
    const evict = async (entries: readonly string[]) => {
      const results = await scripts.invalidate.many(entries.map((entry) => ({ entry })));
      for (const entry of entries) this.stateOf(tenant).forget("entry", entry);
      const failed = results.find((result) => !result.ok);
      if (failed && !failed.ok) throw failed.error;
    };
    const state = new TenantState(
      tenant,
      scripts,
      this.#circuit,
      this.invalidations,
      (entry, wake) => this.#client.listen(keys.cacheLease(scope, entry), wake),
      keysOf(scope),
      this.#l1?.of(tenant),
      this.#shared,
      this.memory,
      this.#quotas && new TenantQuota(tenant, this.#quotas, this.#first.scriptsOf(tenant, "quota"), evict),
    );
    const [oldest] = this.#tenants.keys();
    if (this.#tenants.size >= MAX_TENANTS && oldest !== undefined) this.#tenants.delete(oldest);
    this.#tenants.set(tenant, state);
    return state;
  }

  /** Readings of a tenant that all requests of one turn of the event loop share. */
  loopReads({ quick, keys }: TenantState): QuickReads | undefined {
    if (!quick) return undefined;
    this.#loopShared ??= new SharedReads((names) => this.#client.readBytes(names), this.#circuit, "loop");
    return new QuickReads(this.#loopShared, keys);
  }

  /** Asks whether known entries are current, within this time. */
  checks(timeoutMs: number): EntryChecks {
    return new EntryChecks((reads) => this.#client.readKeys(reads), this.#circuit, timeoutMs);
  }

  /** Whether all keys are on one server, which runs calls in the order in which they are sent. */
  get isOneServer(): boolean {
    return this.#shared !== undefined;
  }

  /** Redis's clock, which is read from now on. */
  clock(): RedisClock {
    this.#clock ??= new RedisClock(() => this.#client.readBytes([`${this.#client.namespace}:clock`]));
    return this.#clock;
  }

  /**
   * The reading of a tenant's clock; undefined if the server has none.
   *
   * @throws UnavailableError, or the error of a lost connection
   */
  async storedClock(tenant: string, timeoutMs: number): Promise<number | undefined> {
    const stopped = new AbortController();
    try {
      const [text] = await Promise.race([
        this.#client.readKeys([["GET", keys.cacheClock(this.scopeOf(tenant))]]),
        pause(timeoutMs, stopped.signal).then(() => []),
      ]);
      if (text === undefined) throw new UnavailableError("the clock of the tenant cannot be read now");
      return text ? Number(text.toString("latin1")) : undefined;
    } finally {
      stopped.abort();
    }
  }

  scopeOf(tenant: string): Scope {
    return checkedScope({ namespace: this.#client.namespace, tenant });
  }

  close(): void {
    this.invalidations.stop();
    this.#l1?.close();
    for (const event of failoverEvents) this.#redis.off(event, this.#onServers);
  }
}

/** A tenant keeps the keys of so many tags. */
const MAX_TAG_KEYS = 1_000;

/** The keys as the generated builders make them. Names were checked before. */
function keysOf({ namespace, tenant }: Scope): TenantKeys {
  const start = `${namespace}:{${tenant}:`;
  // A text that is kept is hashed once, and each reading looks up the keys of its tags several times.
  const tagKeys = new Map<string, string>();
  return {
    entry: (name) => `${start}${name}}:cache`,
    tag(name) {
      const known = tagKeys.get(name);
      if (known !== undefined) return known;
      if (tagKeys.size >= MAX_TAG_KEYS) tagKeys.clear();
      const key = `${start}${name}}:cache-tag`;
      tagKeys.set(name, key);
      return key;
    },
  };
}
