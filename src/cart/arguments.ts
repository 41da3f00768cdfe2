import * as types from "../../generated/ts/types.js";
import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { readFrom } from "../core/read-from.js";
import { cartDefaults } from "./defaults.js";
import { type CartLine, summedLines } from "./lines.js";
import type {
  CartCommitArgs,
  CartExtendArgs,
  CartReleaseArgs,
  CartReserveArgs,
  ReplacedCart,
} from "./types.js";

/** The arguments of `cart.release`, checked and with their defaults. */
export interface NamedLines {
  readonly cart: string;
  readonly lines: readonly CartLine[];
  readonly rememberMs: number;
}

/** The same of `cart.reserve`. */
export interface Reserving extends NamedLines {
  readonly leaseMs: number;
  readonly replaces: { readonly cart: string; readonly lines: readonly CartLine[] } | undefined;
}

/** The same of `cart.commit`. */
export interface Committing extends NamedLines {
  readonly retake: boolean;
  readonly prepareLimitMs: number;
}

const reserveNames: OptionNames<CartReserveArgs> = {
  cart: true,
  lines: true,
  leaseMs: true,
  rememberMs: true,
  replaces: true,
};
const replacedNames: OptionNames<ReplacedCart> = { cart: true, lines: true };
const commitNames: OptionNames<CartCommitArgs> = {
  cart: true,
  lines: true,
  ifExpired: true,
  prepareLimitMs: true,
  rememberMs: true,
};
const releaseNames: OptionNames<CartReleaseArgs> = { cart: true, lines: true, rememberMs: true };
const extendNames: OptionNames<CartExtendArgs> = { cart: true, lines: true, leaseMs: true };

/*
 * Everything is read once and checked before the first script is sent. An argument that is wrong in one
 * line would otherwise refuse this line after the others were written.
 */

/** @throws ArgumentError */
export function checkedReserve(given: CartReserveArgs): Reserving {
  return checked(given, reserveNames, (args) => {
    const { leaseMs } = args;
    types.ms.encode("leaseMs", leaseMs);
    const replaces = args.replaces === undefined ? undefined : checkedReplaced(args.replaces, args.cart);
    return { ...namedLines(args), leaseMs, replaces };
  });
}

/** @throws ArgumentError */
export function checkedCommit(given: CartCommitArgs): Committing {
  return checked(given, commitNames, (args) => {
    const { prepareLimitMs = cartDefaults.prepareLimitMs.value } = args;
    const { ifExpired = cartDefaults.ifExpired.value } = args;
    types.prepareLimitMs.encode("prepareLimitMs", prepareLimitMs);
    if (ifExpired !== "retake" && ifExpired !== "refuse") {
      throw new ArgumentError("ifExpired", '"retake" or "refuse"');
    }
    return { ...namedLines(args), retake: ifExpired === "retake", prepareLimitMs };
  });
}

/** @throws ArgumentError */
export function checkedRelease(given: CartReleaseArgs): NamedLines {
  return checked(given, releaseNames, namedLines);
}

/** @throws ArgumentError */
export function checkedExtend(given: CartExtendArgs): CartExtendArgs {
  return checked(given, extendNames, ({ cart, lines, leaseMs }) => {
    types.id.encode("cart", cart);
    types.ms.encode("leaseMs", leaseMs);
    const copies = listed(lines).map(({ product, units, leaseEndsMs }) => ({ product, units, leaseEndsMs }));
    summedLines(copies);
    for (const [index, { leaseEndsMs }] of copies.entries()) {
      types.epochMs.encode(`lines[${index}].leaseEndsMs`, leaseEndsMs);
    }
    return { cart, lines: copies, leaseMs };
  });
}

function checkedReplaced(given: ReplacedCart, newer: string) {
  const expected = "an object such as { cart, lines }";
  if (typeof given !== "object" || given === null) throw new ArgumentError("replaces", expected);
  return readFrom(
    "replaces",
    () => {
      refuseUnknownOptions(given, replacedNames, "replaces");
      const { cart, lines } = given;
      types.id.encode("replaces.cart", cart);
      if (cart === newer) throw new ArgumentError("replaces.cart", "another cart than the new one");
      return { cart, lines: summedLines(lines, "replaces.lines") };
    },
    undefined,
    expected,
  );
}

function namedLines({
  cart,
  lines,
  rememberMs = cartDefaults.rememberMs.value,
}: CartReleaseArgs): NamedLines {
  types.id.encode("cart", cart);
  types.rememberMs.encode("rememberMs", rememberMs);
  return { cart, lines: summedLines(lines), rememberMs };
}

/** Callers in plain JavaScript may pass anything. */
function listed<Line>(lines: readonly Line[]): readonly Line[] {
  if (!Array.isArray(lines)) throw new ArgumentError("lines", "a list of products with units");
  return lines;
}

function checked<Args extends object, Checked>(
  given: Args,
  names: OptionNames<Args>,
  check: (args: Args) => Checked,
): Checked {
  if (typeof given !== "object" || given === null) throw new ArgumentError("args", "an object");
  return readFrom("args", () => {
    refuseUnknownOptions(given, names);
    return check(given);
  });
}
