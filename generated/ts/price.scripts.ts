// Generated from lua/price/ by moonpath-codegen. DO NOT EDIT.
import { type PriceReadOperation, priceRead } from "./price/read.js";
import { type PriceRemoveSaleOperation, priceRemoveSale } from "./price/remove_sale.js";
import { type PriceSetOperation, priceSet } from "./price/set.js";
import { type PriceSetSaleOperation, priceSetSale } from "./price/set_sale.js";

export * from "./price/read.js";
export * from "./price/remove_sale.js";
export * from "./price/set.js";
export * from "./price/set_sale.js";

/** The scripts of `price` as functions. */
export interface PriceOperations
  extends PriceReadOperation,
    PriceRemoveSaleOperation,
    PriceSetOperation,
    PriceSetSaleOperation {}

/** Every script of `price`, as a client takes them: `{ price: priceScripts }`. */
export const priceScripts = {
  read: priceRead,
  removeSale: priceRemoveSale,
  set: priceSet,
  setSale: priceSetSale,
};
