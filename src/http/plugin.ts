/** The `Idempotency-Key` header for Fastify: `moonpath/fastify`. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import type { RequestRun } from "../idempotency/index.js";
import { isAccount } from "./caller.js";
import { contentOf } from "./content.js";
import { finishRequest } from "./finish.js";
import { isRepeated, keyOf, requestName } from "./key.js";
import { type IdempotencyKeyOptions, type KeyUse, resolveOptions } from "./options.js";
import { begin, type PendingRequest } from "./pending-request.js";
import {
  callerMissing,
  describeProblem,
  MALFORMED,
  MISSING,
  type Problem,
  problemOf,
  UNREAD_BODY,
  unguarded,
} from "./problem.js";
import { replay } from "./stored-reply.js";

export type { IdempotencyKeyOptions, KeyedTenant, KeyUse } from "./options.js";

/** In a route's `config`: the plugin saw the route. */
const guarded: unique symbol = Symbol("moonpath.idempotency");

declare module "fastify" {
  interface FastifyRequest {
    /** What `idempotency.run()` gives its function; absent where no key was sent or none is heeded. */
    idempotency?: RequestRun | undefined;
  }
  interface FastifyContextConfig {
    /** Whether the route heeds `Idempotency-Key`, and whether it insists on it. */
    idempotency?: KeyUse | undefined;
    [guarded]?: true;
  }
}

const plugin: FastifyPluginAsync<IdempotencyKeyOptions> = async (app, options) => {
  const { tenantOf, unmarked, caller, content, leaving, passage: terms } = resolveOptions(options);
  const passages = new WeakMap<FastifyRequest, PendingRequest>();
  /** Those that are answered, or are just being answered. */
  const answered = new WeakSet<FastifyRequest>();

  app.decorateRequest("idempotency", undefined);

  // After all other hooks before the handler: who may not ask is refused by then, and what was stored is not for them.
  app.addHook("onRoute", (route) => {
    const { config, method, handler } = route;
    if ([method].flat().every((name) => useOf(name, config, unmarked) === "off")) return;
    route.config = { ...config, [guarded]: true };
    route.preHandler = [...[route.preHandler ?? []].flat(), enter];
    route.handler = function (request, reply) {
      // Fastify comes here, too, when the client has gone while its refusal was being sent.
      if (answered.has(request)) return;
      const passage = passages.get(request);
      if (passage) passage.isReached = true;
      const result: unknown = handler.call(this, request, reply);
      return passage && result instanceof Promise
        ? result.then((payload) => given(request, reply, payload))
        : result;
    };
  });

  // Without `done` Fastify goes no further, even if the client has gone.
  app.addHook("onRequest", ({ routeOptions: { url, config }, method }, reply, done) => {
    if (url === undefined || config[guarded] || useOf(method, config, unmarked) === "off") done();
    else refuse(reply, unguarded(method, url));
  });

  app.addHook("onError", async (request, _reply, error) => {
    const passage = passages.get(request);
    if (passage) passage.error = error;
  });

  app.addHook("preSerialization", async (request, _reply, payload) => {
    const passage = passages.get(request);
    if (passage) passage.isAnswering = true;
    return payload;
  });

  app.addHook("onSend", async (request, reply, payload) => {
    answered.add(request);
    return leave(request, reply, payload);
  });

  // What did not come by `onSend`: an answer by hand after `hijack()`, and Fastify's last resort when hooks fail.
  app.addHook("onResponse", async (request, reply) => {
    await leave(request, reply, BY_HAND);
  });

  async function enter(request: FastifyRequest, reply: FastifyReply) {
    const use = useOf(request.method, request.routeOptions.config, unmarked);
    if (use === "off") return;
    const entry = await entryOf(request, use);
    switch (entry.kind) {
      case "unkeyed":
        return;
      case "passage":
        // Fastify's `handlerTimeout` does not wait for hooks.
        if (answered.has(request)) return entry.passage.fail("unused");
        passages.set(request, entry.passage);
        request.idempotency = entry.passage.run;
        return;
      case "problem":
        answered.add(request);
        return refuse(reply, entry.problem);
      case "replay":
        answered.add(request);
        return replay(reply, entry.reply);
    }
  }

  async function entryOf(request: FastifyRequest, use: "required" | "optional") {
    if (isRepeated(request.raw.rawHeaders, HEADER)) return problem(MALFORMED);
    const header = keyOf(request.headers[HEADER]);
    if (header.kind === "missing") return use === "required" ? problem(MISSING) : UNKEYED;
    if (header.kind === "malformed") return problem(MALFORMED);
    const given: unknown = caller?.(request);
    if (caller && !isAccount(given)) return problem(callerMissing(given));
    const asked = content ? content(request) : contentOf(request);
    if (!content && asked === "unread") return problem(UNREAD_BODY);
    const name = requestName(isAccount(given) ? given : EVERYBODY, header.key);
    return begin(tenantOf(request).idempotency.run, name, asked, terms).catch((error: unknown) => {
      const known = problemOf(error);
      if (!known) throw error;
      return problem(known);
    });
  }

  async function leave(request: FastifyRequest, reply: FastifyReply, payload: unknown) {
    const passage = passages.get(request);
    if (!passage) return payload;
    passages.delete(request);
    try {
      return await finishRequest(passage, reply, payload, leaving);
    } catch (error) {
      passage.fail("failed");
      throw error;
    }
  }

  /** Fastify sends no empty answer to a client that has gone, and there would be no end. */
  function given(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
    const isGone = request.raw.aborted || request.socket.destroyed;
    if (payload === undefined && isGone && !reply.sent && passages.get(request)?.isAnswering === false)
      reply.send();
    return payload;
  }
};

const HEADER = "idempotency-key";

/** Without `caller` all callers are one. */
const EVERYBODY = "";

const UNKEYED = { kind: "unkeyed" } as const;
const problem = (what: Problem) => ({ kind: "problem", problem: what }) as const;

/** Stands for a body that did not come through Fastify. */
const BY_HAND = {};

function useOf(method: string, config: RouteOptions["config"], unmarked: KeyUse): KeyUse {
  return config?.idempotency ?? (method === "POST" || method === "PATCH" ? unmarked : "off");
}

function refuse(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.send(Buffer.from(describeProblem(reply, problem)));
}

/**
 * Heeds `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request runs once, and its answer is given to
 * everybody who sends it again under the same key, with `Idempotency-Replayed: true`.
 *
 * ```ts
 * await app.register(idempotencyKeys, { tenant: moonpath.tenant("acme"), caller: ({ account }) => account?.id });
 * app.post("/orders", { config: { idempotency: "required" } }, async (request) => placeOrder(request.body));
 * ```
 *
 * Errors are `application/problem+json`: 400 no key, or none that is one; 401 no account; 409 in progress, with `Retry-After`;
 * 422 another request under the same key; 415 a body that is not read. From 500 up they have an `id`, and the log has the error
 * under it. Register the plugin before the routes, and await it: a marked route that was there before is answered 500.
 */
export const idempotencyKeys: FastifyPluginAsync<IdempotencyKeyOptions> = Object.assign(plugin, {
  // Its hooks are for the routes beside it, not only for those inside.
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "moonpath-idempotency-keys",
});
