import { UNREAD_BODY } from "../../problem.js";
import { bodyContent, comparedContent, isForm } from "../content.js";
import { type LimitMiddlewareOptions, limitSettings } from "../limit-options.js";
import { type FetchKeyOptions, fetchKeySettings } from "./idempotent-fetch.js";
import { countFetch } from "./rate-limit-fetch.js";
import { type BodyLimits, contentOfRequest } from "./request-body.js";
import { replacingResponse, withHeaders } from "./response.js";
import { serveOnce } from "./serve.js";

/** What the middleware uses of Hono's `Context`. */
export interface HonoContext {
  readonly req: { readonly raw: Request; arrayBuffer(): Promise<ArrayBuffer> };
  get res(): Response;
  set res(response: Response | undefined);
  readonly error: Error | undefined;
}

/** Middleware of Hono. */
export type HonoMiddleware<Context> = (context: Context, next: () => Promise<void>) => Promise<void>;

/**
 * `Idempotency-Key` as middleware of Hono. See `idempotentFetch`.
 *
 * ```ts
 * const app = new Hono();
 * app.post("/orders", idempotentHono({ tenant: acme }), async (c) => {
 *   const { fence } = idempotencyOf(c.req.raw) ?? { fence: 0 };
 *   return c.json(await placeOrder(await c.req.json(), fence), 201);
 * });
 * ```
 *
 * The functions of the options receive the context.
 *
 * @throws ArgumentError names the first option that is wrong
 */
export function idempotentHono<Context extends HonoContext>(
  options: FetchKeyOptions<Context>,
): HonoMiddleware<Context> {
  const settings = fetchKeySettings(options);
  const limits = { maxBodyBytes: settings.maxBodyBytes, bodyMs: settings.start.handlerMs };
  return async (context, next) => {
    let isHandled = false;
    const handle = async () => {
      await next();
      isHandled = true;
      return { response: context.res, error: context.error };
    };
    const contentOf = () => contentOfHono(context, limits);
    const fetch = { subject: context, request: context.req.raw, contentOf, handle };
    // Hono adds the headers of the old response to the new one.
    const replace = (response: Response) => {
      context.res = undefined;
      context.res = response;
    };
    try {
      const { kind, response } = await serveOnce(fetch, settings);
      if (kind === "replacing") replace(response);
      else if (kind === "unhandled") context.res = response;
    } catch (error) {
      const page = { status: 500, headers: {}, body: undefined };
      if (isHandled) replace(replacingResponse(context.res, page, settings.limits.headers));
      throw error;
    }
  };
}

/** A validator before the middleware has read the body, and Hono keeps what it read. */
async function contentOfHono({ req }: HonoContext, limits: BodyLimits) {
  const { method, url, headers, bodyUsed } = req.raw;
  if (!bodyUsed) return contentOfRequest(req.raw, limits);
  const contentType = headers.get("content-type");
  const bytes = isForm(contentType) ? undefined : await req.arrayBuffer().catch(() => undefined);
  if (bytes === undefined) return { kind: "problem", problem: UNREAD_BODY } as const;
  const { pathname, search } = new URL(url);
  return comparedContent(method, pathname, search, bodyContent(new Uint8Array(bytes), contentType));
}

/**
 * Rate limits as middleware of Hono. See `rateLimitFetch`. The functions of the options receive the
 * context.
 *
 * ```ts
 * const app = new Hono();
 * app.use(
 *   rateLimitHono({
 *     tenant: acme,
 *     group: "api",
 *     limits: { quota: 100, periodMs: 60_000 },
 *     key: async (c) => (await accountOf(c.req.raw))?.id,
 *   }),
 * );
 * ```
 *
 * @throws ArgumentError names the first option that is wrong
 */
export function rateLimitHono<Context extends HonoContext>(
  options: LimitMiddlewareOptions<Context>,
): HonoMiddleware<Context> {
  const settings = limitSettings(options, true);
  return async (context, next) => {
    const { refusal, headers } = await countFetch(context, context.req.raw, settings);
    if (refusal) {
      context.res = refusal;
      return;
    }
    await next();
    const { res } = context;
    const changed = withHeaders(res, headers);
    if (changed !== res) context.res = changed;
  };
}
