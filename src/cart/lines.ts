import * as types from "../../generated/ts/types.js";
import { ArgumentError } from "../core/errors.js";
import { cartDefaults } from "./defaults.js";

/** Units of one product. */
export interface CartLine {
  readonly product: string;
  /** Units, 1 to 1,000,000,000,000. */
  readonly units: number;
}

/** Several products that are sold together. */
export interface CartBundle {
  /** The units of each product in one bundle. */
  readonly bundle: readonly CartLine[];
  /** How many bundles, 1 to 1,000,000,000,000. */
  readonly units: number;
}

/** What a cart has: single products, and bundles of products. */
export type CartEntry = CartLine | CartBundle;

/**
 * The units of each product: bundles are expanded, and lines of the same product are added. So a
 * product in two lines is compared with the stock once, with the sum. `list` names the argument.
 *
 * @throws ArgumentError for a name or a number out of bounds, no line, or more than 100 products
 */
export function summedLines(entries: readonly CartEntry[], list = "lines"): readonly CartLine[] {
  if (!Array.isArray(entries)) throw new ArgumentError(list, "a list of products with units");
  const sums = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    const path = `${list}[${index}]`;
    refuseOther(path, entry);
    types.quantity.encode(`${path}.units`, entry.units);
    for (const [position, line] of partsOf(entry, path).entries()) {
      const place = "bundle" in entry ? `${path}.bundle[${position}]` : path;
      refuseOther(place, line);
      types.id.encode(`${place}.product`, line.product);
      types.quantity.encode(`${place}.units`, line.units);
      const times = "bundle" in entry ? entry.units : 1;
      const sum = (sums.get(line.product) ?? 0) + times * line.units;
      types.quantity.encode(`${place}.units, with the other lines of the product`, sum);
      sums.set(line.product, sum);
    }
  }
  const { value: maxLines } = cartDefaults.maxLines;
  if (sums.size < 1 || sums.size > maxLines) {
    throw new ArgumentError(list, `1 to ${maxLines} different products`);
  }
  return Array.from(sums, ([product, units]) => ({ product, units }));
}

function partsOf(entry: CartEntry, path: string): readonly CartLine[] {
  if (!("bundle" in entry)) return [entry];
  if ("product" in entry) throw new ArgumentError(path, "a product or a bundle, not both");
  if (!Array.isArray(entry.bundle) || entry.bundle.length === 0) {
    throw new ArgumentError(`${path}.bundle`, "a list of at least one product with units");
  }
  return entry.bundle;
}

/** Callers in plain JavaScript may pass anything. */
function refuseOther(path: string, value: unknown): void {
  if (typeof value === "object" && value !== null) return;
  throw new ArgumentError(path, "an object such as { product, units }");
}
