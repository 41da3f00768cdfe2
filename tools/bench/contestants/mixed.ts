import type { Tenant } from "../../../src/index.js";
import { CURRENCY, LOW, REMEMBER_MS, WAREHOUSE } from "./hand.js";
import { withMoonpath } from "./moonpath.js";
import { productOf } from "./products.js";
import { expectReply } from "./stock-read.js";

/** Two scripts that read and two that write. Each product gets all of them, one after another. */
export const moonpath = withMoonpath((acme) => ({
  call: async (number) => expectReply(await callOf(acme, number % 4, productOf(Math.floor(number / 4)))),
}));

function callOf({ stock, price, idempotency }: Tenant, script: number, product: string) {
  switch (script) {
    case 0:
      return stock.read({ product, low: LOW });
    case 1:
      return price.read({ product, currency: CURRENCY });
    case 2:
      return stock.adjust({
        product,
        change: -1,
        warehouse: WAREHOUSE,
        backorder: true,
        low: LOW,
        rememberMs: REMEMBER_MS,
      });
    default:
      return idempotency.mark({ event: product, rememberMs: REMEMBER_MS });
  }
}
