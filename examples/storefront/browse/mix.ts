/** A kind of request, with its share of all requests. Reads that the seeds name have their endpoint. */
export interface Kind {
  readonly share: number;
  readonly does: "read" | "write";
}

/**
 * The mix of a run. The shares are those of a shop whose visitors look at 30 things for each that they
 * change, as the seeds' "read-heavy endpoints". They sum up to 100.
 */
export const mix = {
  product: { share: 22, does: "read" },
  details: { share: 16, does: "read" },
  list: { share: 14, does: "read" },
  session: { share: 9, does: "read" },
  search: { share: 8, does: "read" },
  categoryList: { share: 6, does: "read" },
  categories: { share: 5, does: "read" },
  cart: { share: 4, does: "read" },
  batch: { share: 4, does: "read" },
  order: { share: 2, does: "read" },
  user: { share: 2, does: "read" },
  settings: { share: 2, does: "read" },
  endingOffers: { share: 1.5, does: "read" },
  dashboard: { share: 1, does: "read" },
  collection: { share: 0.5, does: "read" },
  created: { share: 0.05, does: "read" },
  setCart: { share: 1.2, does: "write" },
  sale: { share: 0.75, does: "write" },
  startSession: { share: 0.5, does: "write" },
  price: { share: 0.2, does: "write" },
  setUser: { share: 0.1, does: "write" },
  describe: { share: 0.06, does: "write" },
  create: { share: 0.05, does: "write" },
  rename: { share: 0.03, does: "write" },
  remove: { share: 0.02, does: "write" },
  offer: { share: 0.02, does: "write" },
  bulkRemove: { share: 0.01, does: "write" },
  setSettings: { share: 0.005, does: "write" },
  renameCategory: { share: 0.005, does: "write" },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof mix;

export const kindNames: readonly KindName[] = Object.keys(mix).filter(
  (name): name is KindName => name in mix,
);
