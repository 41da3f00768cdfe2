import { ArgumentError } from "../../../core/errors.js";
import { type KeyMiddlewareOptions, keyMiddlewareNames, keySettings } from "../options.js";
import { contentOfRequest } from "./request-body.js";
import { isStreamed } from "./response.js";
import { type FetchKeySettings, serveOnce } from "./serve.js";

/** Options of keys where replies are a `Response`. Only `tenant` is required. */
export interface FetchKeyOptions<Subject = Request> extends KeyMiddlewareOptions<Subject> {
  /**
   * Returns whether the body of a response comes in parts over time. It is then sent as it comes,
   * and not stored. Default: whether it has the header `Transfer-Encoding`, or a content type such
   * as `text/event-stream`.
   */
  readonly isStream?: ((response: Response) => boolean) | undefined;
}

/** A handler of fetch, and of Next, which has an argument after the request. */
export type FetchHandler<Incoming, Rest extends readonly unknown[]> = (
  request: Incoming,
  ...rest: Rest
) => Response | Promise<Response>;

const names = { ...keyMiddlewareNames, isStream: true } as const;

/** @throws ArgumentError names the first option that is wrong */
export function fetchKeySettings<Subject>(options: FetchKeyOptions<Subject>): FetchKeySettings<Subject> {
  const settings = keySettings(options, names);
  const { isStream = isStreamed } = options;
  if (typeof isStream !== "function") throw new ArgumentError("isStream", "a function");
  return { ...settings, isStream };
}

/**
 * `Idempotency-Key` for a handler of `Request` and `Response`, such as a route handler of Next. The
 * handler of a request runs once. A repeated request with the same key gets the stored reply, with
 * the header `Idempotency-Replayed: true`.
 *
 * ```ts
 * const keyed = idempotentFetch({ tenant: acme });
 *
 * const POST = keyed(async (request) => {
 *   const order = await placeOrder(await request.json());
 *   return Response.json(order, { status: 201 });
 * });
 * ```
 *
 * Errors are `application/problem+json`. The function that it returns throws what the handler throws.
 *
 * @throws ArgumentError names the first option that is wrong
 */
export function idempotentFetch(
  options: FetchKeyOptions,
): <Incoming extends Request, Rest extends readonly unknown[]>(
  handler: FetchHandler<Incoming, Rest>,
) => (request: Incoming, ...rest: Rest) => Promise<Response> {
  const settings = fetchKeySettings(options);
  const limits = { maxBodyBytes: settings.maxBodyBytes, bodyMs: settings.start.handlerMs };
  return (handler) =>
    async (request, ...rest) => {
      const contentOf = () => contentOfRequest(request, limits);
      const handle = async () => ({ response: await handler(request, ...rest) });
      return (await serveOnce({ subject: request, request, contentOf, handle }, settings)).response;
    };
}
