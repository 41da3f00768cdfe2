import { createVersions, type Versions } from "moonpath/etags";
import type { ShopResources } from "../terms.js";

/** What has the version of a product. */
export function productResource(product: string): string {
  return `product:${product}`;
}

/** The versions of products, for their entity tags. Each change of a product's row ends its version. */
export class ProductVersions {
  readonly all: Versions;

  constructor({ acme, redis }: Pick<ShopResources, "acme" | "redis">, onError: (error: unknown) => void) {
    this.all = createVersions(acme, { redis, onError });
  }

  /** Writes rows that have no version meanwhile. `numberOf` returns the version of the new row. */
  async write<Result>(
    products: readonly string[],
    write: () => Promise<Result>,
    numberOf: (result: Result) => number | undefined,
  ): Promise<Result> {
    const begun = await Promise.all(products.map((product) => this.all.begin(productResource(product))));
    const writes = begun.flatMap((one) => (one.kind === "begun" ? [one.write] : []));
    try {
      const result = await write();
      const number = numberOf(result);
      if (number !== undefined) for (const one of writes) one.setNumber(number);
      return result;
    } finally {
      await Promise.all(writes.map((one) => one.end()));
    }
  }

  /** The products were deleted. A new one with the same code begins with version 1. */
  async forget(products: readonly string[]): Promise<void> {
    await Promise.all(products.map((product) => this.all.bump(productResource(product), { forgets: true })));
  }

  close(): void {
    this.all.close();
  }
}
