import type { FastifyRequest } from "fastify";
import { checkTenant } from "../../core/checks.js";
import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { readFrom } from "../../core/read-from.js";
import {
  checkedLimitOptions,
  type LimitOptions,
  type Limits,
  type RateLimit,
  type ResolvedLimit,
  resolveLimits,
} from "../../limit/index.js";

/** The part of a tenant that the plugin uses. */
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
export type RequestFunction<Result> = (request: FastifyRequest) => Result | Promise<Result>;

/** The units of a request, or a function that returns them. */
export type RequestCost = number | RequestFunction<number>;

/** The limits of a route, in `config.rateLimit`. */
export interface RouteLimitOptions {
  /** One limit, or several with different periods. Default: those of the plugin. */
  readonly limits?: RequestLimit | readonly RequestLimit[] | undefined;
  /**
   * Routes of one group share their counts. Default: the group `default` for the limits of the plugin;
   * for limits of the route, the route alone.
   */
  readonly group?: string | undefined;
  /** The units of a request, or a function that returns them. Default: the plugin's, 1. */
  readonly cost?: RequestCost | undefined;
}

/** Options of the plugin. Only `tenant` is required. Each function may return a promise. */
export interface RateLimitOptions extends LimitOptions {
  /** The tenant, or a function that returns the tenant of a request. */
  readonly tenant: LimitedTenant | RequestFunction<LimitedTenant>;
  /**
   * The limits of all routes without limits of their own, and of requests without a route. Without
   * this option, only routes with `config.rateLimit` have limits.
   */
  readonly limits?: RequestLimit | readonly RequestLimit[] | undefined;
  /**
   * Returns whom a request counts for, such as the id of an account. Never return an unchecked header.
   * If it returns undefined or an empty text, the request counts for the client's address. Any other
   * value than a text, and the text of a missing value such as `null`, is an ArgumentError: the reply
   * is a logged problem with status 500. Default: the client's address by `request.ip`; see
   * `clientAddress`.
   */
  readonly key?: RequestFunction<string | undefined> | undefined;
  /** The units of a request, or a function that returns them. Default 1. */
  readonly cost?: RequestCost | undefined;
  /** Returns whether a request has no limits. Default: no request. */
  readonly skip?: RequestFunction<boolean | undefined> | undefined;
}

/** A limit with its name in the headers. */
export interface NamedLimit extends ResolvedLimit {
  readonly policy: string;
}

/** The limits that apply to a route. */
export interface RouteLimits {
  readonly limits: readonly NamedLimit[];
  readonly group: string;
  readonly cost: RequestCost;
}

const pluginNames: OptionNames<RateLimitOptions> = {
  tenant: true,
  limits: true,
  key: true,
  cost: true,
  skip: true,
  onUnavailable: true,
  timeoutMs: true,
};
const routeNames: OptionNames<RouteLimitOptions> = { limits: true, group: true, cost: true };
const limitNames: OptionNames<RequestLimit> = { quota: true, periodMs: true, burst: true, policy: true };

/** The group of all routes that have the limits of the plugin. */
export const SHARED_GROUP = "default";
const POLICY = /^[\w.-]{1,64}$/;

/** @throws ArgumentError names the first option that is wrong */
export function checkPluginOptions(options: RateLimitOptions): void {
  readFrom("options", () => {
    refuseUnknownOptions(options, pluginNames);
    const { tenant, limits, onUnavailable, timeoutMs } = options;
    if (typeof tenant !== "function") checkTenant(tenant, "limit.take");
    if (limits !== undefined) namedLimits("limits", limits);
    checkedLimitOptions({ onUnavailable, timeoutMs });
    for (const name of ["key", "skip"] as const) {
      const value: unknown = options[name];
      if (value !== undefined && typeof value !== "function") throw new ArgumentError(name, "a function");
    }
    checkCost("cost", options.cost);
  });
}

/**
 * The limits of a route; undefined if it has none.
 *
 * @param name the method and URL, for the count of the route and for errors
 * @throws ArgumentError that names the option and the route
 */
export function limitsOfRoute(
  plugin: RateLimitOptions,
  route: RouteLimitOptions | false | undefined,
  name: string,
): RouteLimits | undefined {
  if (route === false) return undefined;
  if (route === undefined && plugin.limits === undefined) return undefined;
  try {
    return readFrom(OPTION, () => checkedRoute(plugin, route === undefined ? NO_OPTIONS : route, name));
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new ArgumentError(error.argument, `${error.expected} (route ${name})`);
  }
}

/** Where the options of a route are. */
const OPTION = "config.rateLimit";
const NO_OPTIONS: RouteLimitOptions = {};

function checkedRoute(plugin: RateLimitOptions, route: RouteLimitOptions, name: string): RouteLimits {
  if (typeof route !== "object" || route === null) throw new ArgumentError(OPTION, "false, or an object");
  refuseUnknownOptions(route, routeNames, OPTION);
  const { limits = plugin.limits, cost = plugin.cost ?? 1 } = route;
  if (limits === undefined) throw new ArgumentError(`${OPTION}.limits`, "one limit or several");
  const { group = route.limits === undefined ? SHARED_GROUP : `route ${name}` } = route;
  if (typeof group !== "string" || group === "") throw new ArgumentError(`${OPTION}.group`, "a text");
  checkCost(`${OPTION}.cost`, cost);
  return { limits: namedLimits(`${OPTION}.limits`, limits), group, cost };
}

function checkCost(argument: string, cost: unknown): void {
  if (cost === undefined || typeof cost === "function") return;
  if (typeof cost === "number" && Number.isInteger(cost) && cost >= 1 && cost <= 1_000_000_000) return;
  throw new ArgumentError(argument, "a whole number from 1 to 1000000000, or a function");
}

/** The limits with their names in the headers. `path` is their place in the options of the caller. */
function namedLimits(path: string, limits: RequestLimit | readonly RequestLimit[]): readonly NamedLimit[] {
  const list = isList(limits) ? limits : [limits];
  const pathOf = (index: number) => (isList(limits) ? `${path}[${index}]` : path);
  const names = list.map((limit, index) => {
    if (typeof limit !== "object" || limit === null) {
      throw new ArgumentError(pathOf(index), "a limit, or a list of limits");
    }
    refuseUnknownOptions(limit, limitNames, pathOf(index));
    const { policy = list.length === 1 ? SHARED_GROUP : `${SHARED_GROUP}-${index + 1}` } = limit;
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
    return { ...limit, policy: names[place] ?? SHARED_GROUP };
  });
}

function isList(limits: RequestLimit | readonly RequestLimit[]): limits is readonly RequestLimit[] {
  return Array.isArray(limits);
}
