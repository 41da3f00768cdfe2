import type { FastifyRequest } from "fastify";
import { checkTenant } from "../../core/checks.js";
import { ArgumentError } from "../../core/errors.js";
import { isAccount } from "../caller.js";
import { clientAddress } from "./client-address.js";
import type { LimitedTenant, RateLimitOptions, RequestCost } from "./options.js";

/** Whom a request counts for. An account that has the text of an address is another one. */
export type RequestClient = readonly [kind: "key" | "address", text: string];

/**
 * Calls the plugin's `key`.
 *
 * @throws ArgumentError if the result is neither a text nor undefined: all such requests would have
 *   one count
 */
export async function clientOf(
  key: RateLimitOptions["key"],
  request: FastifyRequest,
): Promise<RequestClient> {
  const own = await key?.(request);
  if (isAccount(own)) return ["key", own];
  if (own === undefined || own === "") return ["address", clientAddress(request.ip ?? "")];
  throw new ArgumentError("key", "a function that returns a text that names an account, or undefined");
}

/** Calls the plugin's `skip`. @throws ArgumentError if the result is neither a boolean nor undefined */
export async function isSkipped(skip: RateLimitOptions["skip"], request: FastifyRequest): Promise<boolean> {
  const skips = await skip?.(request);
  if (skips === undefined || typeof skips === "boolean") return skips ?? false;
  throw new ArgumentError("skip", "a function that returns true or false");
}

/** The units of the request. `limit.take` checks them. */
export async function costOf(cost: RequestCost, request: FastifyRequest): Promise<number> {
  return typeof cost === "function" ? cost(request) : cost;
}

/** The tenant of the request. @throws ArgumentError if the function does not return one */
export async function tenantOf(
  tenant: RateLimitOptions["tenant"],
  request: FastifyRequest,
): Promise<LimitedTenant> {
  if (typeof tenant !== "function") return tenant;
  const found = await tenant(request);
  checkTenant(found, "limit.take");
  return found;
}
