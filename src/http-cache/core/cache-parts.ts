import type { TenantEntries } from "../../cache/index.js";
import { RecentKeys } from "../../core/recent/recent-keys.js";
import type { CacheRules } from "../rules/rules.js";
import { ResourceStore } from "../store/resource-store.js";
import type { Stored } from "../store/stored-response.js";
import type { Exchange } from "./exchange.js";
import { Judge } from "./judge.js";
import { Replies } from "./replies.js";

/** What the engine needs to know. */
export interface EngineOptions {
  readonly rules: CacheRules;
  readonly maxBytes: number;
  /** The name of this cache in `Cache-Status`. */
  readonly name: string;
  /** `X-Cache` is added: HIT or MISS. */
  readonly xCache: boolean;
  /** Each answer of L1 is compared with Redis. */
  readonly checksL1: boolean;
  /** The longest wait for the response of another request, and the longest fill. */
  readonly loadTimeoutMs: number;
  readonly nowMs: () => number;
  readonly entriesOf: (tenant: string) => TenantEntries<Stored>;
  readonly onError: ((error: Error) => void) | undefined;
  /** Counts a request, for metrics. */
  readonly count: (status: PageStatus, place: RequestPlace) => void;
}

/** Whose request it is. */
export interface RequestPlace {
  readonly tenant: string;
  /** The path of the policy, such as `/products/:id`; empty if no policy names the request. */
  readonly endpoint: string;
}

/** Where the answer to a request came from. */
export type PageStatus = "l1_hit" | "hit" | "stale" | "miss" | "bypass";

/** What all requests of one cache share in this process. */
export class CacheParts {
  readonly options: EngineOptions;
  readonly judge: Judge;
  readonly replies: Replies;
  /** Resources whose last response was not stored. Nobody waits for the next one. */
  readonly #unshared = new RecentKeys(UNSHARED_MS, MAX_UNSHARED);
  readonly #stores = new Map<string, ResourceStore>();

  constructor(options: EngineOptions) {
    this.options = options;
    this.judge = new Judge(options.rules, options.nowMs);
    this.replies = new Replies(options.name, options.xCache);
  }

  storeOf(tenant: string): ResourceStore {
    const { entriesOf, rules, checksL1, nowMs } = this.options;
    let store = this.#stores.get(tenant);
    if (!store) {
      // Redis's clock is known before the first response is.
      nowMs();
      store = new ResourceStore(entriesOf(tenant), rules, checksL1);
      if (this.#stores.size >= MAX_TENANTS) this.#stores.clear();
      this.#stores.set(tenant, store);
    }
    return store;
  }

  /** The store of the request's tenant. */
  store({ target }: Exchange): ResourceStore {
    return this.storeOf(target.tenant);
  }

  /** Whether requests may wait for the response to another one of the same resource. */
  isShared(exchange: Exchange): boolean {
    return !this.#unshared.has(exchange.keyOf(exchange.target.resource.name));
  }

  /** The response was not stored, so nobody waits for the next one. */
  unshare(exchange: Exchange): void {
    this.#unshared.add(exchange.keyOf(exchange.target.resource.name));
  }
}

const MAX_TENANTS = 10_000;
const UNSHARED_MS = 10_000;
const MAX_UNSHARED = 10_000;
