import type { Cache, TenantCache } from "../../cache/index.js";
import { ArgumentError } from "../../core/errors.js";

/**
 * One cache over those of the arms. They share the entries, so a call that only removes entries may go to
 * any of them. All other calls go to the arm of their key.
 */
export function routedCache<Fields, Value>(
  arms: readonly Cache<Fields, Value>[],
  placeOf: (tenant: string, fields: Fields) => number,
): Cache<Fields, Value> {
  const first = atOf(arms, 0);
  return {
    pattern: first.pattern,
    decodeWrite: (write) => first.decodeWrite(write),
    tenant(name) {
      return routedTenant(
        arms.map((arm) => arm.tenant(name)),
        (fields) => placeOf(name, fields),
      );
    },
    async close(options) {
      const closed = await Promise.all(arms.map((arm) => arm.close(options)));
      return { running: closed.reduce((sum, { running }) => sum + running, 0) };
    },
  };
}

function routedTenant<Fields, Value>(
  arms: readonly TenantCache<Fields, Value>[],
  placeOf: (fields: Fields) => number,
): TenantCache<Fields, Value> {
  const first = atOf(arms, 0);
  /** The cache of the arm of a key. It throws what the name of an entry throws. */
  const of = (fields: Fields) => atOf(arms, placeOf(fields));
  return {
    getOrLoad: async (fields, options) => of(fields).getOrLoad(fields, options),
    async getMany(list) {
      if (!Array.isArray(list)) throw new ArgumentError("fields", "a list of the fields of entries");
      const places = list.map(placeOf);
      const values = await Promise.all(
        arms.map((arm, place) => arm.getMany(list.filter((_, index) => places[index] === place))),
      );
      const next = arms.map(() => 0);
      return places.map((place) => {
        const index = next[place] ?? 0;
        next[place] = index + 1;
        return values[place]?.[index];
      });
    },
    get: async (fields) => of(fields).get(fields),
    exists: async (fields) => of(fields).exists(fields),
    refresh: async (fields, options) => of(fields).refresh(fields, options),
    prefetch(list) {
      for (const [place, arm] of arms.entries()) arm.prefetch(list.filter((one) => placeOf(one) === place));
    },
    async warm(list) {
      await Promise.all(arms.map((arm, place) => arm.warm(list.filter((one) => placeOf(one) === place))));
    },
    set: async (fields, value, options) => of(fields).set(fields, value, options),
    writeThrough: async (fields, write, options) => of(fields).writeThrough(fields, write, options),
    writeAround: (list, write, options) => first.writeAround(list, write, options),
    writeBehind: async (fields, value, options) => of(fields).writeBehind(fields, value, options),
    flushPendingWrites: () => first.flushPendingWrites(),
    invalidate: (fields, options) => first.invalidate(fields, options),
    expire: (fields, options) => first.expire(fields, options),
    delete: (fields) => first.delete(fields),
    deletePattern: (fields) => first.deletePattern(fields),
    entries: (fields) => first.entries(fields),
  };
}

function atOf<Item>(list: readonly Item[], place: number): Item {
  const item = list[place];
  if (item === undefined) throw new ArgumentError("arms", "2 arms or more");
  return item;
}
