import type { HttpCache } from "../http-cache.js";
import { type Field, Fields } from "../message/fields.js";
import type { ForwardChanges, OriginResponse, Reply, RequestHead } from "../message/message.js";

/** A server's function in web-standard form. */
export type FetchHandler<Rest extends readonly unknown[]> = (
  request: Request,
  ...rest: Rest
) => Response | Promise<Response>;

/**
 * Puts a cache before a handler in web-standard form, such as `app.fetch` of Hono. Further arguments reach
 * the
 * handler as they are. So interim responses, which `Response` has not, need a function among them.
 *
 * ```ts
 * const app = new Hono();
 * app.get("/products/:product", (context) => context.json({ product: context.req.param("product") }));
 * const handle = cacheFetch({ cache }, app.fetch);
 * ```
 */
export function cacheFetch<Rest extends readonly unknown[]>(
  { cache: { core } }: { readonly cache: Pick<HttpCache, "core"> },
  handler: FetchHandler<Rest>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const head = headOf(request);
    const named = core.begin(head);
    if (!named) return handler(request, ...rest);
    const early = await core.early(named);
    if (early.kind === "reply") return replyOf(early.reply);
    const ask = async (changes: ForwardChanges) =>
      responseOf(await handler(changed(request, changes), ...rest));
    return replyOf(await core.finish(named, ask, true, early));
  };
}

function headOf(request: Request): RequestHead {
  const { host, protocol, pathname, search } = new URL(request.url);
  const fields = new Fields([...request.headers]);
  return {
    method: request.method,
    target: pathname + search,
    scheme: protocol.slice(0, -1),
    authority: host,
    fields,
    isUnusual: (request.method === "GET" || request.method === "HEAD") && hasBody(request),
  };
}

function hasBody({ headers }: Request): boolean {
  return headers.has("transfer-encoding") || (headers.get("content-length") ?? "0") !== "0";
}

/** The request for the handler. That of a client is read once; others have no body. */
function changed(request: Request, { without, set, isBackground }: ForwardChanges): Request {
  if (without.size === 0 && set.size === 0 && !isBackground) return request;
  const headers = new Headers(request.headers);
  for (const name of without) headers.delete(name);
  for (const [name, value] of set) headers.set(name, value);
  // The client's own signal would end a fill that others wait for.
  return new Request(request.url, { method: request.method, headers });
}

function responseOf(response: Response): OriginResponse {
  const { status, statusText, headers, body } = response;
  const pairs: Field[] = [...headers];
  return { status, statusText, fields: new Fields(pairs), body: body ? partsOf(body) : undefined };
}

/** The parts of a stream. The stream's own iterator would end only after its next part. */
function partsOf(stream: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const reader = stream.getReader();
      return {
        async next() {
          const { done, value } = await reader.read();
          return done ? { done, value: undefined } : { done, value };
        },
        async return() {
          await reader.cancel();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** Statuses whose responses have no body; `Response` refuses one. */
const BODYLESS = new Set([101, 103, 204, 205, 304]);

function replyOf({ status, statusText, fields, body }: Reply): Response {
  const headers = new Headers();
  for (const [name, value] of fields.pairs) headers.append(name, value);
  const sent = body === undefined || BODYLESS.has(status) ? null : streamOf(body);
  return new Response(sent, { status, statusText, headers });
}

function streamOf(
  body: Uint8Array | AsyncIterable<Uint8Array>,
): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> {
  if (body instanceof Uint8Array) return Uint8Array.from(body);
  const parts = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await parts.return?.();
    },
  });
}
