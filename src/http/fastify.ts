/** Requests that run once, by their `Idempotency-Key`: `moonpath/fastify`. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { InProgressError, LostError, MoonpathError } from "../client/errors.js";
import type { RequestRun } from "../idempotency/idempotent.js";
import { Exchange, meaningOf } from "./exchange.js";
import { keyOf, requestName } from "./key.js";
import { checkedOptions, type IdempotencyOptions } from "./options.js";
import { malformedKey, missingKey, PROBLEM_TYPE, type Problem, problemOf } from "./problem.js";
import { bodyOf, type KeptResponse, keptResponse } from "./response.js";

export type { IdempotencyOptions, IdempotentTenant } from "./options.js";
export type { Problem } from "./problem.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether this route takes an `Idempotency-Key`, and answers 400 without one. Default: it does not look at it. */
    idempotency?: "required" | "optional" | undefined;
  }
  interface FastifyRequest {
    /** The run of this request. Undefined where the route takes no key, or none was sent. */
    idempotency: RequestRun | undefined;
  }
}

interface Running {
  readonly exchange: Exchange;
  /** Settles when the response is recorded, or is known not to be. */
  readonly recorded: Promise<KeptResponse>;
}

/**
 * Fastify's plugin for the `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header). A route says that it takes
 * the key; then its handler runs once for each key, and everybody who sends the request again gets the first response:
 * its status, content type and body, with `Idempotency-Replayed: true`. Answers of 500 and above are not kept, and the request
 * may be sent again at once. Responses are JSON, text or bytes, of at most a megabyte; not streams.
 *
 * ```ts
 * await app.register(idempotencyKey, { tenant: acme, callerOf: (request) => request.user.id });
 * app.post("/orders", { config: { idempotency: "required" } }, async (request, reply) => {
 *   const { request: name, fence } = request.idempotency;
 *   return reply.code(201).send(await placeOnce(name, fence, request.body));
 * });
 * ```
 *
 * Its own answers are `application/problem+json`: 400 the key is missing or malformed, 409 the first request is being worked
 * on (with `Retry-After`) or was overtaken, 422 the key was used for another request, 503 and 504 Redis was not to be reached.
 * The handler does not run then.
 */
const plugin: FastifyPluginAsync<IdempotencyOptions> = async (app, given) => {
  const options = checkedOptions(given);
  const { leaseMs, rememberMs, waitMs, limitMs } = options;
  const running = new WeakMap<FastifyRequest, Running>();
  app.decorateRequest("idempotency", undefined);

  app.addHook("preHandler", async (request, reply) => {
    const rule = request.routeOptions.config.idempotency;
    if (rule === undefined) return;
    const key = keyOf(request.headers["idempotency-key"]);
    if (key.kind === "missing") return rule === "required" ? tell(reply, missingKey) : undefined;
    if (key.kind === "malformed") return tell(reply, malformedKey);
    const exchange = new Exchange(limitMs);
    const name = requestName(options.callerOf(request), key.key);
    try {
      const recorded = options.tenantOf(request).idempotent(name, options.payloadOf(request), exchange.work, {
        ...{ leaseMs, rememberMs, waitMs },
        onError: meaningOf,
        signal: exchange.signal,
      });
      const first = await Promise.race([exchange.begun, recorded]);
      if ("status" in first) return replay(reply, first);
      recorded.catch(() => {});
      running.set(request, { exchange, recorded });
      request.idempotency = first;
      // A reply that was taken over by the handler goes by no hook. One whose client has left still comes to `onSend`.
      reply.raw.once("close", () => {
        if (reply.raw.writableFinished) exchange.drop("unknown");
      });
    } catch (error) {
      if (!(error instanceof MoonpathError)) throw error;
      if (error instanceof InProgressError) {
        reply.header("Retry-After", Math.max(1, Math.ceil((error.retryAfterMs ?? 0) / 1_000)));
      } else if (error.status >= 500) request.log.error({ err: error }, "a request with a key was not run");
      return tell(reply, problemOf(error));
    }
  });

  app.addHook("onSend", async (request, reply, payload) => {
    const run = running.get(request);
    if (!run || run.exchange.ended) return payload;
    const { exchange, recorded } = run;
    const { statusCode } = reply;
    if (statusCode >= 500 || !options.keeps(statusCode)) {
      exchange.drop("release");
      await recorded.catch(() => {});
      return payload;
    }
    const response = keptResponse(reply, payload, options.headers);
    if (!response) {
      exchange.drop("unknown");
      throw new TypeError("A response under an Idempotency-Key is JSON, text or bytes, not a stream");
    }
    exchange.keep(response);
    try {
      await recorded;
      return payload;
    } catch (error) {
      request.log.error({ err: error }, "a response was sent and not recorded");
      // Otherwise the client is told the truth: what it asked for is done.
      if (!(error instanceof LostError)) return payload;
      for (const header of options.headers) reply.removeHeader(header);
      const problem = problemOf(error);
      reply.code(problem.status).header("content-type", PROBLEM_TYPE);
      return JSON.stringify(problem);
    }
  });
};

/** See `IdempotencyOptions`; registered on an instance, it holds for all routes of it. */
export const idempotencyKey: FastifyPluginAsync<IdempotencyOptions> = Object.assign(plugin, {
  // Hooks hold for the instance on which it is registered, not for a child of its own.
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "moonpath-idempotency-key",
});

function tell(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).header("content-type", PROBLEM_TYPE).send(JSON.stringify(problem));
}

function replay(reply: FastifyReply, response: KeptResponse): FastifyReply {
  return reply
    .code(response.status)
    .headers({ ...response.headers, "Idempotency-Replayed": "true" })
    .send(bodyOf(response));
}
