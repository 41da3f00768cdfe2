import { createMoonpath, type Moonpath, type Tenant } from "../../../src/index.js";
import { freshNamespace, sharedCluster } from "../redis.js";

/** A tenant on the cluster of six, so that the lines of a cart are on several nodes. */
export async function shopOnCluster(): Promise<{ moonpath: Moonpath; acme: Tenant }> {
  const moonpath = createMoonpath(sharedCluster(), { namespace: freshNamespace(), deadlineMs: 10_000 });
  return { moonpath, acme: moonpath.tenant("acme") };
}

export const LEASE_MS = 600_000;

/** Gives each product so many units. */
export async function stockUp(acme: Tenant, units: Readonly<Record<string, number>>): Promise<void> {
  await Promise.all(
    Object.entries(units).map(([product, quantity]) =>
      acme.stock.setLevel({ product, warehouse: "berlin", quantity, sequence: 1, low: 0 }),
    ),
  );
}

/** The total and the available units of each product, as in `lamp 5 3`. */
export async function stockOf(acme: Tenant, ...products: readonly string[]): Promise<readonly string[]> {
  return Promise.all(
    products.map(async (product) => {
      const stock = await acme.stock.read({ product, low: 0 });
      return stock.outcome === "known"
        ? `${product} ${stock.total} ${stock.available}`
        : `${product} unknown`;
    }),
  );
}
