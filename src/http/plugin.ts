import type { FastifyPluginAsync, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { notify } from "../core/notify.js";
import type { RequestRun } from "../idempotency/index.js";
import { checkKeyUse, checkOptions } from "./checked-options.js";
import { contentOf } from "./content.js";
import { decide } from "./decide.js";
import { httpDefaults } from "./defaults.js";
import { finishReply, sendProblem, sendReply } from "./fastify-reply.js";
import { isRepeated, KEY_HEADER, keyOf, MALFORMED_KEY } from "./key.js";
import { type KeyUse, resolveOptions } from "./key-options.js";
import type { IdempotencyKeyOptions } from "./options.js";
import type { PendingRequest } from "./pending-request.js";
import { unregisteredRoute } from "./problem.js";
import { replayedReply } from "./stored-reply.js";

/** Marks the `config` of a route that the plugin has wrapped. */
const wrapped: unique symbol = Symbol("moonpath.idempotency");

declare module "fastify" {
  interface FastifyRequest {
    /**
     * The argument of the function of `idempotency.run()`. Absent if the request or the route has
     * no key.
     */
    idempotency?: RequestRun | undefined;
  }
  interface FastifyContextConfig {
    /** How the route uses `Idempotency-Key`. Default: the plugin's option `unmarked`. */
    idempotency?: KeyUse | undefined;
    [wrapped]?: true;
  }
}

const plugin: FastifyPluginAsync<IdempotencyKeyOptions> = async (app, options) => {
  checkOptions(options);
  const { unmarked = httpDefaults.unmarked.value } = options;
  checkKeyUse("unmarked", unmarked);
  const resolved = resolveOptions(options);
  const pendingRequests = new WeakMap<FastifyRequest, PendingRequest>();
  /** Requests whose reply was sent, or is being sent. */
  const replied = new WeakSet<FastifyRequest>();

  app.decorateRequest("idempotency", undefined);

  // The last `preHandler` hook: all other hooks may reject the request before a stored reply is
  // sent.
  app.addHook("onRoute", (route) => {
    const { config, method, handler } = route;
    if (config?.idempotency !== undefined) checkKeyUse("config.idempotency", config.idempotency);
    if ([method].flat().every((name) => useOf(name, config, unmarked) === "off")) return;
    route.config = { ...config, [wrapped]: true };
    route.preHandler = [...[route.preHandler ?? []].flat(), handleKey];
    route.handler = function (request, reply) {
      // Fastify also calls the handler if the client disconnects while an error is being sent.
      if (replied.has(request)) return;
      const pending = pendingRequests.get(request);
      if (pending) pending.isHandlerStarted = true;
      const result: unknown = handler.call(this, request, reply);
      return pending && result instanceof Promise
        ? result.then((payload) => sendEmptyReply(request, reply, payload))
        : result;
    };
  });

  // If this hook does not call `done`, Fastify stops here, even for a disconnected client.
  app.addHook("onRequest", ({ routeOptions: { url, config }, method }, reply, done) => {
    if (url === undefined || config[wrapped] || useOf(method, config, unmarked) === "off") done();
    else sendProblem(reply, unregisteredRoute(method, url));
  });

  app.addHook("onError", async (request, _reply, error) => {
    const pending = pendingRequests.get(request);
    if (pending) pending.error = error;
  });

  app.addHook("preSerialization", async (request, _reply, payload) => {
    const pending = pendingRequests.get(request);
    if (pending) pending.isReplying = true;
    return payload;
  });

  app.addHook("onSend", async (request, reply, payload) => {
    replied.add(request);
    return finishPending(request, reply, payload);
  });

  // For replies that skip `onSend`: after `hijack()`, and Fastify's own reply if hooks fail.
  app.addHook("onResponse", async (request, reply) => {
    await finishPending(request, reply, NOT_SERIALIZED);
  });

  async function handleKey(request: FastifyRequest, reply: FastifyReply) {
    const { method, routeOptions, raw, headers } = request;
    const use = useOf(method, routeOptions.config, unmarked);
    if (use === "off") return;
    const key = isRepeated(raw.rawHeaders, KEY_HEADER) ? MALFORMED_KEY : keyOf(headers[KEY_HEADER]);
    const read = { request, use, key, contentOf: () => contentOf(request) };
    const decision = await decide(read, resolved);
    switch (decision.kind) {
      case "unkeyed":
        return;
      case "run":
        // Fastify's `handlerTimeout` may send a reply while this hook runs.
        if (replied.has(request)) return decision.pending.fail("notRun");
        pendingRequests.set(request, decision.pending);
        request.idempotency = decision.pending.run;
        return;
      case "problem":
        replied.add(request);
        return sendProblem(reply, decision.problem);
      case "replay": {
        replied.add(request);
        const { status } = decision.reply;
        notify(resolved.onReplay, { method, route: routeOptions.url ?? "", status });
        return sendReply(reply, replayedReply(decision.reply, reply.log));
      }
    }
  }

  async function finishPending(request: FastifyRequest, reply: FastifyReply, payload: unknown) {
    const pending = pendingRequests.get(request);
    if (!pending) return payload;
    pendingRequests.delete(request);
    return finishReply(pending, reply, payload, resolved.limits, resolved.finish);
  }

  /** Fastify sends no empty reply to a disconnected client, so `onSend` would never run. */
  function sendEmptyReply(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
    const isDisconnected = request.raw.aborted || request.socket.destroyed;
    if (
      payload === undefined &&
      isDisconnected &&
      !reply.sent &&
      pendingRequests.get(request)?.isReplying === false
    )
      reply.send();
    return payload;
  }
};

/** The payload of a reply whose body the plugin cannot know. */
const NOT_SERIALIZED = {};

function useOf(method: string, config: RouteOptions["config"], unmarked: KeyUse): KeyUse {
  return config?.idempotency ?? (method === "POST" || method === "PATCH" ? unmarked : "off");
}

/**
 * A Fastify plugin for `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). The handler
 * of a request runs once. A repeated request with the same key gets the stored reply, with the
 * header `Idempotency-Replayed: true`.
 *
 * ```ts
 * await app.register(idempotencyKeys, {
 *   tenant: moonpath.tenant("acme"),
 *   caller: ({ account }) => account?.id,
 * });
 * app.post("/orders", { config: { idempotency: "required" } }, async ({ body }) =>
 *   placeOrder(body),
 * );
 * ```
 *
 * Errors are `application/problem+json`:
 *
 * - 400: the key is missing or malformed.
 * - 401: the request has no account.
 * - 409: the first request is still running; with `Retry-After`.
 * - 415: the body was not read, so it cannot be compared.
 * - 422: the key was used for a different request.
 * - 500 and above: the problem has an `id`, and the log has the error with the same `id`.
 *
 * Register the plugin before the routes, and await it. An earlier route that uses keys replies 500.
 * `register` and the routes throw an ArgumentError for a wrong option.
 */
export const idempotencyKeys: FastifyPluginAsync<IdempotencyKeyOptions> = Object.assign(plugin, {
  // Applies the hooks to the routes of the parent, as the package fastify-plugin does.
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "moonpath-idempotency-keys",
});
