import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import type { HttpCache } from "../http-cache.js";
import type { Fields } from "../message/fields.js";
import type { Body, Forward, OriginResponse, Reply, RequestHead } from "../message/message.js";
import { HandlerRun } from "./handler-run.js";
import { headOf, ofHeaders } from "./node-message.js";

/** The options of `cacheFastify`. */
export interface CacheFastifyOptions {
  readonly cache: Pick<HttpCache, "core">;
}

/** A request whose answer comes through the cache. */
interface Pending {
  readonly run: HandlerRun;
  readonly reply: Promise<Reply>;
}

const plugin: FastifyPluginAsync<CacheFastifyOptions> = async (app, { cache: { core } }) => {
  const pending = new WeakMap<FastifyRequest, Pending>();
  const answered = new WeakSet<FastifyRequest>();
  // A refresh in the background must reach the handler.
  const secret = randomBytes(16).toString("hex");

  app.addHook("preHandler", async (request, reply) => {
    const head = headOf(request.raw);
    const named = request.headers[REFRESH_FIELD] === secret ? undefined : core.begin(head);
    if (!named) return undefined;
    const early = await core.early(named);
    if (early.kind === "reply") {
      answered.add(request);
      return sendReply(reply, early.reply);
    }
    const run = new HandlerRun(refreshOf(app, head, secret));
    const replied = core.finish(named, run.forward, true, early);
    // It may fail before the handler has answered; `onSend` tells of it.
    replied.catch(() => undefined);
    const started = await Promise.race([run.started, replied]);
    if (!("without" in started)) {
      answered.add(request);
      return sendReply(reply, started);
    }
    change(request, started.without, started.set);
    pending.set(request, { run, reply: replied });
    // A reply that Fastify does not send never reaches `onSend`.
    reply.raw.once("close", () => {
      const failure = new Error("the handler has not answered through Fastify");
      if (reply.sent || reply.raw.writableEnded) run.failed(failure);
      // Others may want the response, so the handler goes on without its client for a time.
      else setTimeout(() => run.failed(failure), core.loadTimeoutMs).unref();
    });
    return undefined;
  });

  app.addHook("onSend", async (request, reply, payload) => {
    const waiting = pending.get(request);
    if (!waiting || answered.has(request)) return payload;
    pending.delete(request);
    waiting.run.answered(responseOf(reply, payload));
    return applied(reply, await waiting.reply);
  });
};

const REFRESH_FIELD = "x-moonpath-refresh";

function change(
  request: FastifyRequest,
  without: ReadonlySet<string>,
  set: ReadonlyMap<string, string>,
): void {
  // The cache still needs what the client has sent.
  const headers = { ...request.raw.headers };
  request.raw.headers = headers;
  for (const name of without) delete headers[name];
  for (const [name, value] of set) headers[name] = value;
}

/** Runs the handler once more through all hooks of the application. */
function refreshOf(app: FastifyInstance, { target, fields }: RequestHead, secret: string): Forward {
  return async ({ without, set }) => {
    const headers: Record<string, string> = { [REFRESH_FIELD]: secret };
    for (const [name, value] of fields.without(without).pairs) headers[name.toLowerCase()] = value;
    for (const [name, value] of set) headers[name] = value;
    const {
      statusCode,
      statusMessage,
      headers: replied,
      rawPayload,
    } = await app.inject({
      method: "GET",
      url: target,
      headers,
    });
    return { status: statusCode, statusText: statusMessage, fields: ofHeaders(replied), body: rawPayload };
  };
}

function responseOf(reply: FastifyReply, payload: unknown): OriginResponse {
  const { statusCode } = reply;
  return { status: statusCode, statusText: "", fields: ofHeaders(reply.getHeaders()), body: bodyOf(payload) };
}

function bodyOf(payload: unknown): Body {
  if (typeof payload === "string") return Buffer.from(payload);
  if (payload instanceof Uint8Array) return payload;
  if (payload instanceof Readable) return payload;
  if (payload instanceof ReadableStream) return Readable.fromWeb(payload);
  return undefined;
}

/** Gives a reply the status and the fields of the cache's answer, and returns the payload. */
function applied(reply: FastifyReply, { status, fields, body }: Reply): unknown {
  for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name);
  reply.code(status);
  setFields(reply, fields);
  if (body === undefined) return null;
  return body instanceof Uint8Array ? asBuffer(body) : Readable.from(body, { objectMode: false });
}

function setFields(reply: FastifyReply, fields: Fields): void {
  // Replies share the lists, and a version of Fastify adds to the one that it is given.
  for (const [name, value] of fields.grouped)
    reply.header(name, typeof value === "string" ? value : [...value]);
}

function sendReply(reply: FastifyReply, { status, fields, body }: Reply): FastifyReply {
  reply.code(status);
  setFields(reply, fields);
  if (body === undefined) return reply.send();
  return reply.send(body instanceof Uint8Array ? asBuffer(body) : Readable.from(body, { objectMode: false }));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * A Fastify plugin that answers GET and HEAD from a cache of responses, and invalidates after others. It
 * works
 * in a `preHandler` hook: hooks that you add before, such as those that check who asks, come first.
 *
 * ```ts
 * await app.register(cacheFastify, { cache });
 * type ByProduct = { Params: { product: string } };
 * app.get<ByProduct>("/products/:product", ({ params }) => database.product(params.product));
 * ```
 */
export const cacheFastify: FastifyPluginAsync<CacheFastifyOptions> = Object.assign(plugin, {
  // Applies the hooks to the routes of the parent, as the package fastify-plugin does.
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "moonpath-http-cache",
});
