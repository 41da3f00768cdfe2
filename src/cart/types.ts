import type { CartReadArgs, CartReadReply } from "../../generated/ts/index.js";
import type { CallOptions } from "../client/index.js";
import type { CartEntry, CartLine } from "./lines.js";

/** The arguments of `cart.reserve`. */
export interface CartReserveArgs {
  /**
   * Names the cart, and its reservation of each product. A cart that was released, refused or has
   * expired needs a new name.
   */
  readonly cart: string;
  /** Products and bundles. Lines of the same product are added. At most 100 different products. */
  readonly lines: readonly CartEntry[];
  /** Milliseconds until the units are available again, unless the cart is committed. */
  readonly leaseMs: number;
  /** Milliseconds for which ended reservations are remembered. Default 86,400,000. */
  readonly rememberMs?: number | undefined;
  /**
   * An older cart of the same buyer, which ends if this one is reserved. So a buyer is not refused
   * because of units that he holds himself. If this cart is refused, the older one stays as it was.
   */
  readonly replaces?: ReplacedCart | undefined;
}

/** A cart that a new one replaces. */
export interface ReplacedCart {
  readonly cart: string;
  /** What was reserved under this name. */
  readonly lines: readonly CartEntry[];
}

/** A line whose units are held. */
export interface ReservedLine extends CartLine {
  /** The units of the product that are available to others. */
  readonly available: number;
  /** When the lease ends, by Redis's clock. */
  readonly leaseEndsMs: number;
}

/** A line that could not be reserved, and why. */
export type RefusedLine = CartLine &
  (
    | {
        /** Too few units are available. */
        readonly outcome: "refused";
        /** How many are. */
        readonly available: number;
      }
    | {
        /**
         * - `again`: more leases of the product have ended than ten calls close.
         * - `mismatch`: this cart holds another number of units.
         * - `prepared`: this cart is being committed.
         * - `already_committed`, `released`, `expired`: the cart's name was used before.
         * - `unknown`: the product has no stock.
         */
        readonly outcome:
          | "again"
          | "mismatch"
          | "prepared"
          | "already_committed"
          | "released"
          | "expired"
          | "unknown";
      }
  );

/** Why the older cart cannot be replaced. Nothing is changed. */
export type OlderCartReply =
  | {
      /** The older cart is being committed, or replaced by another call. */
      readonly outcome: "older_busy";
      /** Milliseconds until that call is over. */
      readonly waitMs: number;
    }
  | {
      /** The older cart is sold. Reserve without `replaces` for a second order. */
      readonly outcome: "older_committed";
    };

/** The reply of `cart.reserve`. */
export type CartReserveReply =
  | {
      /** All lines are held. */
      readonly outcome: "reserved";
      /** When the first lease ends, by Redis's clock. */
      readonly leaseEndsMs: number;
      readonly lines: readonly ReservedLine[];
    }
  | {
      /** This call holds no line: what it has reserved is given back. Lines of an earlier call stay. */
      readonly outcome: "refused";
      /** The lines that could not be reserved. */
      readonly lines: readonly RefusedLine[];
    };

/** The arguments of `cart.commit`. */
export interface CartCommitArgs {
  readonly cart: string;
  /** What was paid for, as in `reserve`. A line with another number of units is a `mismatch`. */
  readonly lines: readonly CartEntry[];
  /**
   * What happens with a line whose lease has ended. `retake` sells it if enough units are available.
   * Default `refuse`.
   */
  readonly ifExpired?: "refuse" | "retake" | undefined;
  /**
   * Milliseconds after which a worker aborts an attempt that is undecided, 1,000 to 600,000. Default
   * 10,000.
   */
  readonly prepareLimitMs?: number | undefined;
  /** Milliseconds for which ended reservations and the cart are remembered. Default 86,400,000. */
  readonly rememberMs?: number | undefined;
}

/** A line that cannot be sold, and why. */
export type UnsoldLine = CartLine &
  (
    | {
        /**
         * - `shortfall`: its lease has ended, and too few units are available.
         * - `short`: the warehouses have too few units now.
         */
        readonly outcome: "shortfall" | "short";
        /** How many units are missing. */
        readonly missing: number;
      }
    | {
        /**
         * - `mismatch`: another number of units is reserved.
         * - `released`, `expired`: the reservation has ended.
         * - `unknown`: there is no such reservation.
         */
        readonly outcome: "mismatch" | "released" | "expired" | "unknown";
      }
  );

/** Whether the lines have followed the decision: the promise never rejects. */
export type Followed = Promise<"finished" | "left_to_worker">;

/** The reply of `cart.commit`. */
export type CartCommitReply =
  | {
      /**
       * - `committed`: all lines are sold, by this decision. You can tell the customer.
       * - `already_committed`: an earlier attempt sold them.
       */
      readonly outcome: "committed" | "already_committed";
      /**
       * Resolves when the units have left the stock. Until then they are held for this cart, and
       * nobody else gets them. Without this process, the worker of `moonpath/cart` finishes the cart.
       */
      readonly followed: Followed;
    }
  | {
      /** Nothing is sold. Lines whose lease has not ended are held as before. */
      readonly outcome: "refused";
      /** The lines that cannot be sold. */
      readonly lines: readonly UnsoldLine[];
    }
  | {
      /** Another attempt to commit the cart is undecided, or another call replaces it. */
      readonly outcome: "busy";
      /** Milliseconds until that attempt is over. */
      readonly waitMs: number;
    }
  | {
      /** An earlier call has sold this cart with other lines. This one sells nothing. */
      readonly outcome: "mismatch";
    }
  | {
      /** Nothing is sold, because the attempt took longer than `prepareLimitMs`. Commit again. */
      readonly outcome: "aborted";
    };

/** The arguments of `cart.release`. */
export interface CartReleaseArgs {
  readonly cart: string;
  /** What was reserved. The numbers of units do not matter. */
  readonly lines: readonly CartEntry[];
  /** Milliseconds for which ended reservations are remembered. Default 86,400,000. */
  readonly rememberMs?: number | undefined;
}

/** How one line was released. */
export interface ReleasedLine extends CartLine {
  /**
   * - `released`: its units are available again.
   * - `prepared`: the cart is being committed, so nothing is changed.
   * - `already_committed`: its units are sold.
   * - `expired`: its lease has ended before.
   * - `unknown`: there is no such reservation.
   */
  readonly outcome: "released" | "prepared" | "already_committed" | "expired" | "unknown";
}

/** The reply of `cart.release`. */
export interface CartReleaseReply {
  readonly lines: readonly ReleasedLine[];
}

/** The arguments of `cart.extend`. */
export interface CartExtendArgs {
  readonly cart: string;
  /** The lines as `reserve` or `extend` last returned them. */
  readonly lines: readonly (CartLine & { readonly leaseEndsMs: number })[];
  /** Milliseconds for which the units are held from now on. */
  readonly leaseMs: number;
}

/** The lease of one line, after `cart.extend`. */
export type ExtendedLine = CartLine &
  (
    | {
        /** `stale`: another call has extended the lease before. */
        readonly outcome: "extended" | "stale";
        /** When the lease ends, by Redis's clock. */
        readonly leaseEndsMs: number;
      }
    | { readonly outcome: "already_committed" | "released" | "expired" | "unknown" }
  );

/** The reply of `cart.extend`. */
export interface CartExtendReply {
  readonly lines: readonly ExtendedLine[];
}

/**
 * Whole carts of one tenant: all lines or none, over all slots of a cluster.
 *
 * ```ts
 * const lines = [{ product: "lamp", units: 2 }, { product: "vase", units: 1 }];
 * const held = await acme.cart.reserve({ cart: "order-17", lines, leaseMs: 900_000 });
 * if (held.outcome === "reserved") {
 *   // … the customer pays …
 *   const sale = await acme.cart.commit({ cart: "order-17", lines, ifExpired: "retake" });
 * }
 * ```
 */
export interface Cart {
  /**
   * Holds all lines of a cart, or none. The leases end by themselves. A second call with the same cart
   * and lines holds no more. One `deadlineMs` covers all that the function sends.
   *
   * After an error, some lines may be held until their lease ends; call again, or release.
   *
   * @throws ArgumentError if an argument is out of bounds
   */
  reserve(
    args: CartReserveArgs & { readonly replaces?: undefined },
    options?: CallOptions,
  ): Promise<CartReserveReply>;
  reserve(args: CartReserveArgs, options?: CallOptions): Promise<CartReserveReply | OlderCartReply>;
  /**
   * Sells all lines of a cart, or none, in two phases. It answers when the decision is stored.
   *
   * After an error, the decision may be stored or not. Commit again: it answers `already_committed`, or
   * `busy` until the first attempt is over. A worker of `moonpath/cart` must run in some process.
   *
   * With `minReplicas`, each phase is acknowledged by replicas before the next one, so a failover
   * cannot sell a part of a cart.
   *
   * @throws ArgumentError if an argument is out of bounds
   */
  commit(args: CartCommitArgs, options?: CallOptions): Promise<CartCommitReply>;
  /**
   * Gives all lines back that are held, for a cart that was cancelled.
   *
   * @throws ArgumentError if an argument is out of bounds
   */
  release(args: CartReleaseArgs, options?: CallOptions): Promise<CartReleaseReply>;
  /**
   * Makes the leases of all lines longer, for example while the customer pays.
   *
   * @throws ArgumentError if an argument is out of bounds
   */
  extend(args: CartExtendArgs, options?: CallOptions): Promise<CartExtendReply>;
  /** How the cart was decided, and how far its lines have followed. */
  read(args: CartReadArgs, options?: CallOptions): Promise<CartReadReply>;
}
