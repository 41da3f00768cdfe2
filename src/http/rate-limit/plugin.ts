import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import type { TakeAnswer } from "../../limit/index.js";
import { sendReply } from "../fastify-reply.js";
import { type CountedRequest, countProblem, countRequest } from "./count.js";
import {
  checkPluginOptions,
  limitsOfRoute,
  type RateLimitOptions,
  type RouteLimitOptions,
  type RouteLimits,
} from "./options.js";

declare module "fastify" {
  interface FastifyRequest {
    /** What `limit.take` answered; undefined if the request has no limits. */
    rateLimit?: TakeAnswer | undefined;
  }
  interface FastifyContextConfig {
    /** The limits of the route; `false`: none. Default: the limits of the plugin. */
    rateLimit?: RouteLimitOptions | false | undefined;
  }
}

const plugin: FastifyPluginAsync<RateLimitOptions> = async (app, options) => {
  checkPluginOptions(options);
  /** The limits of a route, by its configuration, which is the same object for each request. */
  const known = new WeakMap<object, { readonly limits: RouteLimits | undefined }>();

  app.decorateRequest("rateLimit", undefined);

  app.addHook("onRoute", ({ config, method, url }) => {
    limitsOfRoute(options, config?.rateLimit, routeName(method, url));
  });

  app.addHook("onRequest", async (request, reply) => {
    let counted: CountedRequest | undefined;
    try {
      const limits = limitsOf(request);
      counted = limits && (await countRequest(request, request.ip ?? "", limits, options));
    } catch (error) {
      return sendReply(reply, countProblem(error, reply.log));
    }
    if (counted === undefined) return undefined;
    request.rateLimit = counted.answer;
    reply.headers(counted.headers);
    return counted.refusal && sendReply(reply, counted.refusal);
  });

  function limitsOf({ routeOptions: { config, url, method } }: FastifyRequest): RouteLimits | undefined {
    const found = known.get(config);
    if (found) return found.limits;
    const limits = limitsOfRoute(options, config.rateLimit, routeName(method, url));
    known.set(config, { limits });
    return limits;
  }
};

/** A route's name in errors and for its count. A HEAD route counts as the GET route of its URL. */
function routeName(method: string | readonly string[] | undefined, url: string | undefined): string {
  const methods = [method ?? []].flat();
  const isGet = methods.some((one) => one === "GET" || one === "HEAD");
  return `${isGet ? "GET" : methods.join(",")} ${url}`;
}

/**
 * A Fastify plugin for rate limits. A request is counted in an `onRequest` hook, before its body is
 * read. A refused request gets 429 with `Retry-After`, as `application/problem+json`. All replies
 * have the headers `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-10.
 *
 * ```ts
 * await app.register(rateLimits, {
 *   tenant: moonpath.tenant("acme"),
 *   limits: { quota: 100, periodMs: 60_000 },
 * });
 * const login = { quota: 5, periodMs: 60_000, policy: "login" };
 * app.post("/login", { config: { rateLimit: { limits: login } } }, async () => "welcome");
 * ```
 *
 * If Redis does not answer within `timeoutMs`, `onUnavailable` decides, and the reply has no
 * `RateLimit`. A request that `deny` refuses gets 503.
 *
 * `register` and the routes throw an ArgumentError for a wrong option.
 */
export const rateLimits: FastifyPluginAsync<RateLimitOptions> = Object.assign(plugin, {
  // Applies the hooks to the routes of the parent, as the package fastify-plugin does.
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "moonpath-rate-limits",
});
