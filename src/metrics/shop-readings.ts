import type { CacheStatus, CacheStrategy } from "../client/index.js";
import { Busiest } from "./busiest.js";
import type { GaugeValues } from "./instruments.js";
import type { LabelsOf } from "./table.js";
import { SlidingWindow } from "./window.js";

/** How long a reading counts for a part or a ratio. */
const WINDOW_MS = 5 * 60_000;
const SLICES = 5;

/** So many times more tenants are counted than are shown, because the busiest ones are not known before. */
const CANDIDATES = 4;

const HITS: ReadonlySet<CacheStatus> = new Set(["l1_hit", "hit", "stale"]);

class Readings {
  hits = 0;
  misses = 0;

  add({ hits, misses }: { readonly hits: number; readonly misses: number }): void {
    this.hits += hits;
    this.misses += misses;
  }

  get all(): number {
    return this.hits + this.misses;
  }
}

/** The readings of one endpoint in one slice of time. */
class EndpointReadings {
  readonly others = new Readings();
  readonly tenants: Busiest<Readings>;

  constructor(capacity: number) {
    this.tenants = new Busiest(
      capacity,
      () => new Readings(),
      (replaced) => this.others.add(replaced),
    );
  }
}

/** What happened to one cache in one slice of time. */
interface Recent {
  readonly readings: Readings;
  stored: number;
}

interface Total extends Readings {
  readonly cacheType: LabelsOf<"catalog_cache_hits_total">["cache_type"];
  readonly cache: string;
  readonly strategy: CacheStrategy;
}

/** Counts readings by cache, strategy, endpoint and tenant. */
export class ShopReadings {
  readonly #maxTenants: number;
  readonly #totals = new Map<string, Map<CacheStrategy, Total>>();
  readonly #recent: SlidingWindow<Map<string, Recent>>;
  readonly #endpoints: SlidingWindow<Map<string, EndpointReadings>>;

  /** @param now milliseconds of a clock that never goes back */
  constructor(maxTenants: number, now?: () => number) {
    this.#maxTenants = maxTenants;
    this.#recent = new SlidingWindow(WINDOW_MS, SLICES, () => new Map<string, Recent>(), now);
    this.#endpoints = new SlidingWindow(WINDOW_MS, SLICES, () => new Map<string, EndpointReadings>(), now);
  }

  request(
    cache: string,
    status: CacheStatus,
    tenant: string,
    strategy: CacheStrategy,
    endpoint: string | undefined,
  ): void {
    const field = HITS.has(status) ? "hits" : "misses";
    this.#totalOf(cache, strategy, endpoint)[field]++;
    this.#recentOf(cache).readings[field]++;
    // A request that no policy names has no endpoint.
    if (endpoint) this.#endpointOf(endpoint).tenants.use(tenant)[field]++;
  }

  stored(cache: string): void {
    this.#recentOf(cache).stored++;
  }

  /** Hits and misses by cache. */
  byCache(): readonly (readonly [LabelsOf<"catalog_cache_hits_total">, Readings])[] {
    return [...this.#totals.values()].map((strategies) => {
      const [first] = strategies.values();
      const sum = new Readings();
      for (const total of strategies.values()) sum.add(total);
      return [{ cache_type: first?.cacheType ?? "data", key_pattern: first?.cache ?? "" }, sum] as const;
    });
  }

  /** Hits and misses by strategy. */
  byStrategy(): readonly (readonly [LabelsOf<"conn_dict_cache_hits_total">, Readings])[] {
    const sums = new Map<CacheStrategy, Readings>();
    for (const total of [...this.#totals.values()].flatMap((strategies) => [...strategies.values()])) {
      const sum = sums.get(total.strategy) ?? new Readings();
      sum.add(total);
      sums.set(total.strategy, sum);
    }
    return [...sums].map(([strategy, sum]) => [{ strategy }, sum] as const);
  }

  /** The part of the readings that each pattern has. */
  distribution(): GaugeValues<"cache_key_distribution"> {
    const recent = this.#recentSums();
    const all = [...recent.values()].reduce((sum, { readings }) => sum + readings.all, 0);
    if (all === 0) return [];
    return [...recent].map(([pattern, { readings }]) => [{ pattern }, readings.all / all] as const);
  }

  /** Hits, divided by hits and stored values. */
  effectiveness(): GaugeValues<"cache_ttl_effectiveness"> {
    return [...this.#recentSums()].flatMap(
      ([
        key_type,
        {
          readings: { hits },
          stored,
        },
      ]) => (hits + stored > 0 ? [[{ key_type }, hits / (hits + stored)] as const] : []),
    );
  }

  /** The requests of each endpoint and tenant. Tenants that are not among the busiest are `other`. */
  endpoints(): readonly (readonly [LabelsOf<"cache_hit_ratio">, Readings])[] {
    const endpoints = new Map<string, { tenants: Map<string, Readings>; others: Readings }>();
    for (const [endpoint, { tenants, others }] of this.#endpoints.all().flatMap((slice) => [...slice])) {
      const sums = endpoints.get(endpoint) ?? { tenants: new Map(), others: new Readings() };
      endpoints.set(endpoint, sums);
      sums.others.add(others);
      for (const [tenant, readings] of tenants.top()) {
        const sum = sums.tenants.get(tenant) ?? new Readings();
        sum.add(readings);
        sums.tenants.set(tenant, sum);
      }
    }
    return [...endpoints].flatMap(([endpoint, { tenants, others }]) => {
      const sorted = [...tenants].sort(([, one], [, other]) => other.all - one.all);
      for (const [, readings] of sorted.splice(this.#maxTenants)) others.add(readings);
      // A tenant may be named `other`: it is added to the others.
      const named = sorted.filter(([tenant, readings]) => {
        if (tenant === OTHER) others.add(readings);
        return tenant !== OTHER;
      });
      if (others.all > 0) named.push([OTHER, others]);
      return named.map(([tenant_id, readings]) => [{ endpoint, tenant_id }, readings] as const);
    });
  }

  #totalOf(cache: string, strategy: CacheStrategy, endpoint: string | undefined): Total {
    let strategies = this.#totals.get(cache);
    if (!strategies) {
      strategies = new Map();
      this.#totals.set(cache, strategies);
    }
    const known = strategies.get(strategy);
    if (known) return known;
    const cacheType = endpoint === undefined ? "data" : "response";
    const total: Total = Object.assign(new Readings(), { cache, cacheType, strategy } as const);
    strategies.set(strategy, total);
    return total;
  }

  #recentOf(cache: string): Recent {
    const { current } = this.#recent;
    let recent = current.get(cache);
    if (!recent) {
      recent = { readings: new Readings(), stored: 0 };
      current.set(cache, recent);
    }
    return recent;
  }

  #endpointOf(endpoint: string): EndpointReadings {
    const { current } = this.#endpoints;
    let readings = current.get(endpoint);
    if (!readings) {
      readings = new EndpointReadings(this.#maxTenants * CANDIDATES);
      current.set(endpoint, readings);
    }
    return readings;
  }

  #recentSums(): Map<string, Recent> {
    const sums = new Map<string, Recent>();
    for (const [cache, { readings, stored }] of this.#recent.all().flatMap((slice) => [...slice])) {
      const sum = sums.get(cache) ?? { readings: new Readings(), stored: 0 };
      sum.readings.add(readings);
      sum.stored += stored;
      sums.set(cache, sum);
    }
    return sums;
  }
}

/** The value of the label `tenant_id` for all tenants that are not among the busiest. */
const OTHER = "other";
