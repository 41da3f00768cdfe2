import { checkTenant } from "../../core/checks.js";
import { ArgumentError } from "../../core/errors.js";
import { isAccount } from "../caller.js";
import { clientAddress } from "./client-address.js";
import type { CostOf, LimitedTenant, RequestLimitOptions } from "./request-limits.js";

/** Whom a request counts for. An account that has the text of an address is another one. */
export type RequestClient = readonly [kind: "key" | "address", text: string];

/**
 * Calls the option `key`.
 *
 * @param address of the client, or an empty text
 * @throws ArgumentError if the result is neither a text nor undefined: all such requests would have
 *   one count
 */
export async function clientOf<Request>(
  key: RequestLimitOptions<Request>["key"],
  request: Request,
  address: string,
): Promise<RequestClient> {
  const own = await key?.(request);
  if (isAccount(own)) return ["key", own];
  if (own === undefined || own === "") return ["address", clientAddress(address)];
  throw new ArgumentError("key", "a function that returns a text that names an account, or undefined");
}

/** Calls the option `skip`. @throws ArgumentError if the result is neither a boolean nor undefined */
export async function isSkipped<Request>(
  skip: RequestLimitOptions<Request>["skip"],
  request: Request,
): Promise<boolean> {
  const skips = await skip?.(request);
  if (skips === undefined || typeof skips === "boolean") return skips ?? false;
  throw new ArgumentError("skip", "a function that returns true or false");
}

/** The units of the request. `limit.take` checks them. */
export async function costOf<Request>(cost: CostOf<Request>, request: Request): Promise<number> {
  return typeof cost === "function" ? cost(request) : cost;
}

/** The tenant of the request. @throws ArgumentError if the function does not return one */
export async function tenantOf<Request>(
  tenant: RequestLimitOptions<Request>["tenant"],
  request: Request,
): Promise<LimitedTenant> {
  if (typeof tenant !== "function") return tenant;
  const found = await tenant(request);
  checkTenant(found, "limit.take");
  return found;
}
