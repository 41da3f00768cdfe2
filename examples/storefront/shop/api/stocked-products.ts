import { WAREHOUSES } from "../../events.js";
import type { ShopContext } from "../context.js";
import { LOW_UNITS } from "../terms.js";

/** Sets the first stock of a product, and watches its status. */
export async function openStock(
  { acme, statusChanges }: Pick<ShopContext, "acme" | "statusChanges">,
  product: string,
  units: number,
): Promise<void> {
  const [warehouse] = WAREHOUSES;
  await acme.stock.setLevel({ product, warehouse, quantity: units, sequence: 1, low: LOW_UNITS });
  // Nobody hears a change before this call, but its reply has the status.
  const watched = await acme.stock.watch({ product, sequence: 1, low: LOW_UNITS });
  // A new row is in stock.
  if (watched.status !== "in_stock") await statusChanges.compare([product]);
}
