import { randomUUID } from "node:crypto";
import Fastify, { type FastifyInstance, type FastifyServerOptions, type InjectOptions } from "fastify";
import { onTestFinished } from "vitest";
import { type IdempotencyKeyOptions, idempotencyKeys } from "../../src/http/index.js";
import type { RequestRun } from "../../src/idempotency/index.js";
import { createMoonpath } from "../../src/index.js";
import { freshNamespace, workerRedis } from "./redis.js";
import { deferred } from "./wait.js";

export const redis = workerRedis();
export const namespace = freshNamespace();
export const acme = createMoonpath(redis, { namespace, deadlineMs: 10_000 }).tenant("acme");

/** A server with the plugin, closed after the test. */
export async function server(
  routes: (app: FastifyInstance) => void,
  options: Partial<IdempotencyKeyOptions> = {},
  logger: FastifyServerOptions["logger"] = false,
): Promise<FastifyInstance> {
  const app = Fastify({ logger });
  onTestFinished(() => app.close());
  await app.register(idempotencyKeys, { tenant: acme, caller: () => "ann", ...options });
  routes(app);
  await app.ready();
  return app;
}

export const freshKey = () => `"${randomUUID()}"`;

/** A server whose handler says that it has begun, and answers with what `finish` is opened with. */
export async function held(options: Partial<IdempotencyKeyOptions> = {}) {
  const [started, finish] = [
    deferred<RequestRun | undefined>("the handler begins"),
    deferred<unknown>("the test lets the handler finish"),
  ];
  const count = { runs: 0 };
  const app = await server((routes) => {
    routes.post("/orders", required, (request) => {
      count.runs++;
      started.resolve(request.idempotency);
      return finish.promise;
    });
  }, options);
  return { app, started: started.promise, finish: finish.resolve, count };
}

/** A POST under a key. */
export function post(app: FastifyInstance, key: string | undefined, more: InjectOptions = {}) {
  return app.inject({
    method: "POST",
    url: "/orders",
    payload: { lamp: 1 },
    ...more,
    headers: { ...(key === undefined ? {} : { "idempotency-key": key }), ...more.headers },
  });
}

export const required = { config: { idempotency: "required" } } as const;
export const optional = { config: { idempotency: "optional" } } as const;
