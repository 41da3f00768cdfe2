import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { readFrom } from "../../core/read-from.js";
import type { ProblemLog } from "../problem.js";
import {
  checkGroup,
  checkRequestLimitOptions,
  type GroupLimits,
  namedLimits,
  type RequestLimit,
  type RequestLimitOptions,
  requestLimitNames,
} from "../rate-limit/request-limits.js";
import { checkedLog } from "./options.js";

/** Options of rate limits for fetch, Hono and Node. Each function may return a promise. */
export interface LimitMiddlewareOptions<Request> extends RequestLimitOptions<Request> {
  /** One limit, or several with different periods. */
  readonly limits: RequestLimit | readonly RequestLimit[];
  /**
   * Names the counts, such as `login`. Requests of one group and client share them, in all processes.
   * Other limits need another group.
   */
  readonly group: string;
  /** Receives the errors that replies do not show. If absent: `console`. */
  readonly log?: ProblemLog | undefined;
}

/** The options with their defaults. */
export interface LimitSettings<Request> {
  readonly options: RequestLimitOptions<Request>;
  readonly limits: GroupLimits<Request>;
  readonly log: ProblemLog;
}

const names: OptionNames<LimitMiddlewareOptions<never>> = {
  ...requestLimitNames,
  limits: true,
  group: true,
  log: true,
};

/**
 * @param needsKey whether the adapter knows no address of the client
 * @throws ArgumentError names the first option that is wrong
 */
export function limitSettings<Request>(
  options: LimitMiddlewareOptions<Request>,
  needsKey: boolean,
): LimitSettings<Request> {
  return readFrom("options", () => {
    refuseUnknownOptions<LimitMiddlewareOptions<never>>(options, names);
    checkRequestLimitOptions(options);
    const { limits, group, cost = 1 } = options;
    if (needsKey && options.key === undefined) {
      throw new ArgumentError("key", "a function, because a Request has no address of its client");
    }
    if (limits === undefined) throw new ArgumentError("limits", "one limit or several");
    checkGroup("group", group);
    const log = checkedLog(options.log);
    return { options, limits: { limits: namedLimits("limits", limits), group, cost }, log };
  });
}
