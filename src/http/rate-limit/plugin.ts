import { createHash } from "node:crypto";
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import type { TakeAnswer } from "../../limit/index.js";
import { describeProblem, problemOf } from "../problem.js";
import { policyHeader, policyOf, refusalOf, sendRefusal, setRateLimit } from "./headers.js";
import {
  checkPluginOptions,
  limitsOfRoute,
  type RateLimitOptions,
  type RouteLimitOptions,
  type RouteLimits,
} from "./options.js";
import { clientOf, costOf, isSkipped, type RequestClient, tenantOf } from "./request-values.js";

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
  const { tenant, key, skip, onUnavailable, timeoutMs } = options;
  const isDenied = onUnavailable === "deny";
  /** The limits of a route, by its configuration, which is the same object for each request. */
  const known = new WeakMap<object, { readonly limits: RouteLimits | undefined }>();

  app.decorateRequest("rateLimit", undefined);

  app.addHook("onRoute", ({ config, method, url }) => {
    limitsOfRoute(options, config?.rateLimit, routeName(method, url));
  });

  app.addHook("onRequest", async (request, reply) => {
    let limits: RouteLimits | undefined;
    let answer: TakeAnswer;
    try {
      limits = limitsOf(request);
      if (limits === undefined || (await isSkipped(skip, request))) return undefined;
      answer = await take(request, limits);
    } catch (error) {
      return sendProblem(reply, error);
    }
    request.rateLimit = answer;
    reply.header("ratelimit-policy", policyHeader(limits.limits));
    setRateLimit(reply, answer, limits.limits);
    const refusal = refusalOf(answer, isDenied && answer.degraded);
    if (refusal === undefined) return undefined;
    const policy = policyOf(answer, limits.limits);
    return sendRefusal(reply, refusal, policy === undefined ? [] : [policy]);
  });

  function limitsOf({ routeOptions: { config, url, method } }: FastifyRequest): RouteLimits | undefined {
    const found = known.get(config);
    if (found) return found.limits;
    const limits = limitsOfRoute(options, config.rateLimit, routeName(method, url));
    known.set(config, { limits });
    return limits;
  }

  async function take(request: FastifyRequest, { limits, group, cost }: RouteLimits): Promise<TakeAnswer> {
    const name = nameOf(group, await clientOf(key, request));
    const plain = limits.map(({ quota, periodMs, burst }) => ({ quota, periodMs, burst }));
    const { limit } = await tenantOf(tenant, request);
    return limit.take(
      { name, limits: plain, cost: await costOf(cost, request) },
      { onUnavailable, timeoutMs },
    );
  }
};

/** A route's name in errors and for its count. A HEAD route counts as the GET route of its URL. */
function routeName(method: string | readonly string[] | undefined, url: string | undefined): string {
  const methods = [method ?? []].flat();
  const isGet = methods.some((one) => one === "GET" || one === "HEAD");
  return `${isGet ? "GET" : methods.join(",")} ${url}`;
}

/** The name of the limits in Redis: a hash, so that it does not show the client's key. */
function nameOf(group: string, client: RequestClient): string {
  const text = JSON.stringify([group, ...client]);
  return `http-${createHash("sha256").update(text).digest("base64url")}`;
}

/**
 * Sends an error that no wait ends, such as a wrong result of `key`, as a problem.
 *
 * @throws the error itself if it is one of the service's own functions
 */
function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const problem = problemOf(error);
  if (problem === undefined) throw error;
  return reply.send(
    Buffer.from(describeProblem(reply, { ...problem, status: Math.max(500, problem.status) })),
  );
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
