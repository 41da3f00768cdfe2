import { countProblem, countRequest } from "../../rate-limit/count.js";
import { type LimitMiddlewareOptions, type LimitSettings, limitSettings } from "../limit-options.js";
import { setAnswer } from "../run-of-request.js";
import type { FetchHandler } from "./idempotent-fetch.js";
import { responseOf, withHeaders } from "./response.js";

/** A counted request: its refusal, or the headers of its reply. */
export interface CountedFetch {
  readonly refusal: Response | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** @throws the errors of the options' own functions */
export async function countFetch<Subject>(
  subject: Subject,
  request: Request,
  { options, limits, log }: LimitSettings<Subject>,
): Promise<CountedFetch> {
  try {
    const counted = await countRequest(subject, "", limits, options);
    if (counted === undefined) return { refusal: undefined, headers: {} };
    setAnswer(request, counted.answer);
    const { refusal, headers } = counted;
    return { refusal: refusal && withHeaders(responseOf(refusal), headers), headers };
  } catch (error) {
    return { refusal: responseOf(countProblem(error, log)), headers: {} };
  }
}

/**
 * Rate limits for a handler of `Request` and `Response`, such as a route handler of Next. A refused
 * request gets 429 with `Retry-After` before its body is read.
 *
 * ```ts
 * const limited = rateLimitFetch({
 *   tenant: acme,
 *   group: "orders",
 *   limits: { quota: 100, periodMs: 60_000 },
 *   key: async (request) => (await accountOf(request))?.id,
 * });
 * const GET = limited(async () => Response.json(pages));
 * ```
 *
 * `key` is required, because a `Request` has no address of its client. All requests for which it
 * returns undefined have one count.
 *
 * @throws ArgumentError names the first option that is wrong
 */
export function rateLimitFetch(
  options: LimitMiddlewareOptions<Request>,
): <Incoming extends Request, Rest extends readonly unknown[]>(
  handler: FetchHandler<Incoming, Rest>,
) => (request: Incoming, ...rest: Rest) => Promise<Response> {
  const settings = limitSettings(options, true);
  return (handler) =>
    async (request, ...rest) => {
      const { refusal, headers } = await countFetch(request, request, settings);
      return refusal ?? withHeaders(await handler(request, ...rest), headers);
    };
}
