import { checkTenant } from "../../core/checks.js";
import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import {
  checkedLimitOptions,
  type LimitOptions,
  type Limits,
  type RateLimit,
  type ResolvedLimit,
  resolveLimits,
} from "../../limit/index.js";

/** The part of a tenant that the adapters use. */
export interface LimitedTenant {
  readonly limit: Pick<Limits, "take">;
}

/** A rate limit of requests. */
export interface RequestLimit extends RateLimit {
  /**
   * The name of the limit in the headers: 1 to 64 characters of `A-Z a-z 0-9 _ . -`. Default: `default`,
   * and of several limits `default-1`, `default-2`, … in their order.
   */
  readonly policy?: string | undefined;
}

/** A function of a request. It may return a promise. */
export type FunctionOf<Request, Result> = (request: Request) => Result | Promise<Result>;

/** The units of a request, or a function that returns them. */
export type CostOf<Request> = number | FunctionOf<Request, number>;

/** Options of all adapters. Each function may return a promise. */
export interface RequestLimitOptions<Request> extends LimitOptions {
  /** The tenant, or a function that returns the tenant of a request. */
  readonly tenant: LimitedTenant | FunctionOf<Request, LimitedTenant>;
  /**
   * Returns whom a request counts for, such as the id of an account. Never return an unchecked header.
   * If it returns undefined or an empty text, the request counts for the client's address. Any other
   * value than a text, and the text of a missing value such as `null`, is an ArgumentError: the reply
   * is a logged problem with status 500. Default: the client's address; see `clientAddress`.
   */
  readonly key?: FunctionOf<Request, string | undefined> | undefined;
  /** The units of a request, or a function that returns them. Default 1. */
  readonly cost?: CostOf<Request> | undefined;
  /** Returns whether a request has no limits. Default: no request. */
  readonly skip?: FunctionOf<Request, boolean | undefined> | undefined;
}

/** A limit with its name in the headers. */
export interface NamedLimit extends ResolvedLimit {
  readonly policy: string;
}

/** The limits that apply to a request, and the group whose counts they are. */
export interface GroupLimits<Request> {
  readonly limits: readonly NamedLimit[];
  readonly group: string;
  readonly cost: CostOf<Request>;
}

/** The names of the options, for `refuseUnknownOptions`. */
export const requestLimitNames: OptionNames<RequestLimitOptions<never>> = {
  tenant: true,
  key: true,
  cost: true,
  skip: true,
  onUnavailable: true,
  timeoutMs: true,
};
const limitNames: OptionNames<RequestLimit> = { quota: true, periodMs: true, burst: true, policy: true };

/** The name of a single limit in the headers, and the group of all routes with the same limits. */
export const DEFAULT_NAME = "default";
const POLICY = /^[\w.-]{1,64}$/;

/** @throws ArgumentError names the first option that is wrong */
export function checkRequestLimitOptions(options: RequestLimitOptions<never>): void {
  const { tenant, onUnavailable, timeoutMs, cost } = options;
  if (typeof tenant !== "function") checkTenant(tenant, "limit.take");
  checkedLimitOptions({ onUnavailable, timeoutMs });
  for (const name of ["key", "skip"] as const) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== "function") throw new ArgumentError(name, "a function");
  }
  checkCost("cost", cost);
}

/** @throws ArgumentError unless it is a text */
export function checkGroup(argument: string, group: unknown): void {
  if (typeof group !== "string" || group === "") throw new ArgumentError(argument, "a text");
}

/** @throws ArgumentError unless it is a number of units, a function or absent */
export function checkCost(argument: string, cost: unknown): void {
  if (cost === undefined || typeof cost === "function") return;
  if (typeof cost === "number" && Number.isInteger(cost) && cost >= 1 && cost <= 1_000_000_000) return;
  throw new ArgumentError(argument, "a whole number from 1 to 1000000000, or a function");
}

/**
 * The limits with their names in the headers.
 *
 * @param path their place in the options of the caller
 * @throws ArgumentError that names the limit that is wrong
 */
export function namedLimits(
  path: string,
  limits: RequestLimit | readonly RequestLimit[],
): readonly NamedLimit[] {
  const list = isList(limits) ? limits : [limits];
  const pathOf = (index: number) => (isList(limits) ? `${path}[${index}]` : path);
  const names = list.map((limit, index) => {
    if (typeof limit !== "object" || limit === null) {
      throw new ArgumentError(pathOf(index), "a limit, or a list of limits");
    }
    refuseUnknownOptions(limit, limitNames, pathOf(index));
    const { policy = list.length === 1 ? DEFAULT_NAME : `${DEFAULT_NAME}-${index + 1}` } = limit;
    if (typeof policy !== "string" || !POLICY.test(policy)) {
      throw new ArgumentError(`${pathOf(index)}.policy`, "1 to 64 characters of A-Z a-z 0-9 _ . -");
    }
    return policy;
  });
  if (new Set(names).size < names.length) throw new ArgumentError(`${path}.policy`, "different names");
  const plain = list.map(({ quota, periodMs, burst }) => ({ quota, periodMs, burst }));
  const [only] = plain;
  return resolveLimits(isList(limits) || only === undefined ? plain : only, path).map((limit) => {
    const place = plain.findIndex(({ periodMs }) => periodMs === limit.periodMs);
    return { ...limit, policy: names[place] ?? DEFAULT_NAME };
  });
}

function isList(limits: RequestLimit | readonly RequestLimit[]): limits is readonly RequestLimit[] {
  return Array.isArray(limits);
}
