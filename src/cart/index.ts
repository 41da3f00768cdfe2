/** Whole carts: `tenant.cart`, and the worker that finishes what a caller has left: `moonpath/cart`. */
export { type CartParts, createCart } from "./cart.js";
export { cartDefaults, cartWorkerDefaults } from "./defaults.js";
export type { DeadLine } from "./finisher.js";
export type { CartBundle, CartEntry, CartLine } from "./lines.js";
export type {
  Cart,
  CartCommitArgs,
  CartCommitReply,
  CartExtendArgs,
  CartExtendReply,
  CartReleaseArgs,
  CartReleaseReply,
  CartReserveArgs,
  CartReserveReply,
  ExtendedLine,
  Followed,
  OlderCartReply,
  RefusedLine,
  ReleasedLine,
  ReplacedCart,
  ReservedLine,
  UnsoldLine,
} from "./types.js";
export {
  type CartWorker,
  type CartWorkerOptions,
  type CartWorkerStatus,
  createCartWorker,
  type DeadCart,
} from "./worker.js";
