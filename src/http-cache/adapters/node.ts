import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { HttpCacheCore } from "../core/http-cache.js";
import type { HttpCache } from "../http-cache.js";
import { discard } from "../message/discard.js";
import type { ForwardChanges, OriginResponse, Reply, RequestHead } from "../message/message.js";
import { CapturedResponse } from "./captured-response.js";
import { fallbackReply } from "./failure.js";
import { HandlerRun } from "./handler-run.js";
import { headOf, send, setRepeated } from "./node-message.js";

/** A handler of node:http. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A middleware of Express, Connect and the like. */
export type NodeMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Puts a cache before a handler of node:http.
 *
 * ```ts
 * createServer(cacheNode({ cache }, (_request, response) => response.end("…"))).listen(80);
 * ```
 */
export function cacheNode(
  { cache }: { readonly cache: Pick<HttpCache, "core"> },
  handler: NodeHandler,
): NodeHandler {
  const run = (request: IncomingMessage, response: ServerResponse) => {
    try {
      Promise.resolve(handler(request, response)).catch((error: unknown) => failed(response, error));
    } catch (error) {
      failed(response, error);
    }
  };
  return (request, response) => {
    answer(cache.core, request, response, () => run(request, response), run).catch((error: unknown) =>
      failed(response, error),
    );
  };
}

/**
 * A middleware for Express. It answers for the paths of the cache's policies. Add it after the middleware
 * that checks who asks.
 *
 * ```ts
 * const shop = express();
 * shop.use(cacheExpress({ cache }));
 * shop.get("/products/:product", async ({ params }, response) => {
 *   response.json(await database.product(params.product));
 * });
 * ```
 */
export function cacheExpress({ cache }: { readonly cache: Pick<HttpCache, "core"> }): NodeMiddleware {
  return (request, response, next) => {
    if (inBackground.has(request)) {
      next();
      return;
    }
    const { app } = withApp(request);
    const rerun = app ? (one: IncomingMessage, other: ServerResponse) => app(one, other) : undefined;
    answer(cache.core, request, response, next, rerun).catch(next);
  };
}

/** Requests that the cache has made itself. */
const inBackground = new WeakSet<IncomingMessage>();

/** Express sets `app`, a function that takes requests. */
function withApp(request: IncomingMessage): { readonly app?: NodeHandler };
function withApp(request: IncomingMessage): object {
  const app: unknown = Reflect.get(request, "app");
  return typeof app === "function" ? { app } : {};
}

async function answer(
  core: HttpCacheCore,
  request: IncomingMessage,
  response: ServerResponse,
  handle: () => void,
  rerun: NodeHandler | undefined,
): Promise<void> {
  const head = headOf(request);
  const named = core.begin(head);
  if (!named) {
    handle();
    return;
  }
  const early = await core.early(named);
  if (early.kind === "reply") return sent(response, early.reply);
  const run = new HandlerRun((changes) => runAgain(head, changes, rerun, core.loadTimeoutMs));
  const replied = core.finish(named, run.forward, true, early);
  replied.catch(() => undefined);
  const started = await Promise.race([run.started, replied]);
  let captured: CapturedResponse | undefined;
  if ("without" in started) {
    // The cache still needs what the client has sent.
    request.headers = { ...request.headers };
    for (const name of started.without) delete request.headers[name];
    for (const [name, value] of started.set) request.headers[name] = value;
    captured = new CapturedResponse(response, {
      onResponse: (answer) => run.answered(answer),
      onFailure: (error) => run.failed(error),
      graceMs: core.loadTimeoutMs,
    });
    handle();
  }
  const reply = await replied.catch((error: unknown) => fallbackReply(error));
  if (!captured) return sent(response, reply);
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  try {
    await captured.send(reply);
  } catch (error) {
    discard(reply.body);
    captured.abort(error);
  }
}

/** Sends the cache's answer. Its fields replace those that earlier middleware has set. */
function sent(response: ServerResponse, reply: Reply): Promise<void> | undefined {
  const set = response.getHeaderNames();
  const { status, statusText, fields, body, trailers } = reply;
  if (set.length > 0 || trailers || !(body instanceof Uint8Array)) return sentInParts(response, set, reply);
  try {
    response.writeHead(status, statusText, fields.toRaw());
    response.end(body);
  } catch (error) {
    response.destroy(error instanceof Error ? error : undefined);
  }
  return undefined;
}

async function sentInParts(response: ServerResponse, set: readonly string[], reply: Reply): Promise<void> {
  for (const name of set) if (reply.fields.has(name)) response.removeHeader(name);
  try {
    await send(
      response,
      set.length === 0 ? reply : { ...reply, fields: setRepeated(response, reply.fields) },
    );
  } catch (error) {
    discard(reply.body);
    response.destroy(error instanceof Error ? error : undefined);
  }
}

/** Runs the handler without a client. */
function runAgain(
  { target, fields }: RequestHead,
  { without, set }: ForwardChanges,
  rerun: NodeHandler | undefined,
  graceMs: number,
): Promise<OriginResponse> {
  if (!rerun) return Promise.reject(new Error("the application cannot be asked again"));
  const request = new IncomingMessage(new Socket());
  inBackground.add(request);
  request.method = "GET";
  request.url = target;
  const sent = fields.without(without).with(...set);
  request.rawHeaders = sent.toRaw();
  for (const [name] of sent.pairs) request.headers[name.toLowerCase()] = sent.get(name.toLowerCase());
  request.push(null);
  const response = new ServerResponse(request);
  return new Promise((resolve, reject) => {
    new CapturedResponse(response, { onResponse: resolve, onFailure: reject, graceMs });
    rerun(request, response);
  });
}

function failed(response: ServerResponse, error: unknown): void {
  if (!response.headersSent) {
    response.statusCode = 500;
    response.end();
  } else response.destroy(error instanceof Error ? error : undefined);
}
