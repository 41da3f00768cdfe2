import type { FastifyRequest } from "fastify";
import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { readFrom } from "../../core/read-from.js";
import {
  type CostOf,
  checkCost,
  checkGroup,
  checkRequestLimitOptions,
  DEFAULT_NAME,
  type FunctionOf,
  type GroupLimits,
  namedLimits,
  type RequestLimit,
  type RequestLimitOptions,
  requestLimitNames,
} from "./request-limits.js";

/** A function of a request. It may return a promise. */
export type RequestFunction<Result> = FunctionOf<FastifyRequest, Result>;

/** The units of a request, or a function that returns them. */
export type RequestCost = CostOf<FastifyRequest>;

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
export interface RateLimitOptions extends RequestLimitOptions<FastifyRequest> {
  /**
   * The limits of all routes without limits of their own, and of requests without a route. Without
   * this option, only routes with `config.rateLimit` have limits.
   */
  readonly limits?: RequestLimit | readonly RequestLimit[] | undefined;
}

/** The limits that apply to a route. */
export type RouteLimits = GroupLimits<FastifyRequest>;

const pluginNames: OptionNames<RateLimitOptions> = { ...requestLimitNames, limits: true };
const routeNames: OptionNames<RouteLimitOptions> = { limits: true, group: true, cost: true };

/** @throws ArgumentError names the first option that is wrong */
export function checkPluginOptions(options: RateLimitOptions): void {
  readFrom("options", () => {
    refuseUnknownOptions(options, pluginNames);
    if (options.limits !== undefined) namedLimits("limits", options.limits);
    checkRequestLimitOptions(options);
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
  const { group = route.limits === undefined ? DEFAULT_NAME : `route ${name}` } = route;
  checkGroup(`${OPTION}.group`, group);
  checkCost(`${OPTION}.cost`, cost);
  return { limits: namedLimits(`${OPTION}.limits`, limits), group, cost };
}
