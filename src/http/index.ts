/** The `Idempotency-Key` header for Fastify: `moonpath/fastify`. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { LostError } from "../client/errors.js";
import type { RequestRun } from "../idempotency/idempotent.js";
import { contentOf } from "./content.js";
import { keyOf, requestName } from "./key.js";
import { type IdempotencyKeyOptions, type KeyUse, settled } from "./options.js";
import { begin, type Passage } from "./passage.js";
import {
  describeProblem,
  MALFORMED,
  MISSING,
  OVERTAKEN,
  type Problem,
  problemOf,
  UNREAD_BODY,
} from "./problem.js";
import { replay, statusOf, storedReply } from "./stored-reply.js";

export type { IdempotencyKeyOptions, KeyedTenant, KeyUse } from "./options.js";

declare module "fastify" {
  interface FastifyRequest {
    /** What `idempotent()` gives its function; absent where no key was sent or none is heeded. */
    idempotency?: RequestRun | undefined;
  }
  interface FastifyContextConfig {
    /** Whether the route heeds `Idempotency-Key`, and whether it insists on it. */
    idempotency?: KeyUse | undefined;
  }
}

const plugin: FastifyPluginAsync<IdempotencyKeyOptions> = async (app, options) => {
  const { tenantOf, unmarked, caller, content, keep, limits, recordMs, passage: terms } = settled(options);
  const passages = new WeakMap<FastifyRequest, Passage>();

  app.decorateRequest("idempotency", undefined);

  // After all other hooks before the handler: who may not ask is refused by then, and what was stored is not for them.
  app.addHook("onRoute", (route) => {
    const use = useOf(route, unmarked);
    if (use === "off") return;
    const enter = (request: FastifyRequest, reply: FastifyReply) => entered(request, reply, use);
    route.preHandler = [...[route.preHandler ?? []].flat(), enter];
  });

  app.addHook("onError", async (request, _reply, error) => {
    const passage = passages.get(request);
    if (passage) passage.error = error;
  });

  app.addHook("onSend", async (request, reply, payload) => {
    const passage = passages.get(request);
    if (!passage) return payload;
    passages.delete(request);
    return leave(passage, request, reply, payload);
  });

  async function entered(request: FastifyRequest, reply: FastifyReply, use: "required" | "optional") {
    const header = keyOf(request.headers["idempotency-key"]);
    if (header.kind === "missing") return use === "required" ? refuse(reply, MISSING) : undefined;
    if (header.kind === "malformed") return refuse(reply, MALFORMED);
    const asked = content ? content(request) : contentOf(request);
    if (!content && asked === "unread") return refuse(reply, UNREAD_BODY);
    const begun = await begin(
      tenantOf(request).idempotent,
      requestName(caller(request), header.key),
      asked,
      terms,
    ).catch((error: unknown) => {
      const problem = problemOf(error);
      if (!problem) throw error;
      return { kind: "problem", problem } as const;
    });
    switch (begun.kind) {
      case "problem":
        return refuse(reply, begun.problem);
      case "replay":
        return replay(reply, begun.reply);
      case "passage":
        passages.set(request, begun.passage);
        request.idempotency = begun.passage.run;
    }
  }

  async function leave(passage: Passage, request: FastifyRequest, reply: FastifyReply, payload: unknown) {
    if (!passage.isOpen) return payload;
    if (hasTimedOut(passage.error)) passage.fail("unknown");
    else if (!keep(statusOf(reply, payload)) || passage.mayBeTriedAgain) passage.fail("failed");
    else {
      passage.answer(storedReply(reply, payload, limits));
      switch (await outcomeOf(passage.ended, recordMs)) {
        case "recorded":
          return payload;
        case "overtaken":
          reply.removeHeader("content-length");
          return describeProblem(reply, OVERTAKEN);
        case "unknown":
          // The effect is there, and this answer is true. Whoever asks again may run the request again.
          request.log.warn({ request: passage.run.request }, "the reply could not be recorded in time");
          return payload;
      }
    }
    await outcomeOf(passage.ended, recordMs);
    return payload;
  }
};

function useOf({ config, method }: RouteOptions, unmarked: KeyUse): KeyUse {
  if (config?.idempotency !== undefined) return config.idempotency;
  return [method].flat().some((name) => name === "POST" || name === "PATCH") ? unmarked : "off";
}

function refuse(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.send(Buffer.from(describeProblem(reply, problem)));
}

/** Fastify has answered for a handler that still runs. */
function hasTimedOut(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "FST_ERR_HANDLER_TIMEOUT";
}

async function outcomeOf(
  ended: Promise<unknown>,
  limitMs: number,
): Promise<"recorded" | "overtaken" | "unknown"> {
  const recorded = ended.then(
    () => "recorded" as const,
    (error: unknown) => (error instanceof LostError ? "overtaken" : "unknown"),
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"unknown">((resolve) => {
    timer = setTimeout(resolve, limitMs, "unknown");
  });
  try {
    return await Promise.race([recorded, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Heeds `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request runs once, and its answer is given to
 * everybody who sends it again under the same key, with `Idempotency-Replayed: true`.
 *
 * ```ts
 * await app.register(idempotencyKeys, { tenant: moonpath.tenant("acme"), caller: ({ headers }) => `${headers.authorization}` });
 * app.post("/orders", { config: { idempotency: "required" } }, async (request) => placeOrder(request.body));
 * ```
 *
 * Errors are `application/problem+json`: 400 no key, or none that is one; 409 in progress, with `Retry-After`; 422 another
 * request under the same key; 415 a body that is not read. Register it before the routes.
 */
export const idempotencyKeys: FastifyPluginAsync<IdempotencyKeyOptions> = Object.assign(plugin, {
  // Its hooks are for the routes beside it, not only for those inside.
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "moonpath-idempotency-keys",
});
