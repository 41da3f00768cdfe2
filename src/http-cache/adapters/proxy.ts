import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
  STATUS_CODES,
  request as startRequest,
} from "node:http";
import type { HttpCacheCore } from "../core/http-cache.js";
import { discard } from "../message/discard.js";
import { endToEnd, Fields } from "../message/fields.js";
import type { Forward, ForwardChanges, OriginResponse, Reply, RequestHead } from "../message/message.js";
import { fallbackReply } from "./failure.js";
import { hasBody, headOf, send } from "./node-message.js";

/** Methods that may be sent twice (RFC 9110, section 9.2.2). */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** The server behind a proxy. */
export interface Origin {
  readonly host: string;
  readonly port: number;
  readonly agent: Agent;
  /** Milliseconds without a byte after which a request fails. */
  readonly idleMs: number;
}

/** Answers one request of a client, and asks the origin if the cache cannot answer. */
export async function proxy(
  cache: HttpCacheCore,
  origin: Origin,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refused = refusal(request);
  if (refused) return send(response, refused);
  const given = headOf(request);
  // What the origin does not get must not choose an entry either.
  const head = { ...given, fields: endToEnd(given.fields) };
  let isBodyTaken = false;
  const forward: Forward = (changes) => {
    // A refresh in the background has no body, and the body of a client is sent once.
    const body = isBodyTaken || !hasBody(request) ? undefined : request;
    isBodyTaken = true;
    return ask(origin, head, changes, body, (information) => passOn(information, response), false);
  };
  let reply: Reply | undefined;
  try {
    reply = await cache.handle(head, forward, false);
    await send(response, reply);
  } catch (error) {
    discard(reply?.body);
    if (response.headersSent) response.destroy(error instanceof Error ? error : undefined);
    else await send(response, fallbackReply(error));
  }
}

/** Requests that this proxy and the origin could read differently (RFC 9112, sections 3.2 and 6.1). */
function refusal({ rawHeaders, headers }: IncomingMessage): Reply | undefined {
  const coding = headers["transfer-encoding"];
  if (coding !== undefined && coding.toLowerCase() !== "chunked") return refused(501);
  const hosts = Fields.ofRaw(rawHeaders).pairs.filter(([name]) => name.toLowerCase() === "host");
  return hosts.length > 1 ? refused(400) : undefined;
}

function refused(status: number): Reply {
  const fields = new Fields([["Connection", "close"]]);
  return { status, statusText: STATUS_CODES[status] ?? "", fields, body: undefined };
}

function ask(
  origin: Origin,
  head: RequestHead,
  changes: ForwardChanges,
  body: IncomingMessage | undefined,
  onInformation: (information: Information) => void,
  isSecond: boolean,
): Promise<OriginResponse> {
  const { host, port, agent, idleMs } = origin;
  return new Promise((resolve, reject) => {
    let response: IncomingMessage | undefined;
    const request: ClientRequest = startRequest({
      host,
      port,
      agent,
      method: head.method,
      path: head.target,
      headers: fieldsFor(head, changes, body).toRaw(),
      timeout: idleMs,
      setHost: false,
    });
    request.on("information", onInformation);
    request.on("timeout", () => request.destroy(new Error(`the origin sent nothing for ${idleMs} ms`)));
    request.on("response", (message) => {
      response = message;
      resolve(responseOf(message));
    });
    request.on("error", (error) => {
      // Bytes after a whole response are no error of that response.
      if (response) {
        if (!response.complete) response.destroy(error);
        return;
      }
      // The origin may close an idle connection just when it is used again.
      const mayRepeat = request.reusedSocket && isReset(error) && IDEMPOTENT.has(head.method) && !body;
      if (mayRepeat && !isSecond) ask(origin, head, changes, body, onInformation, true).then(resolve, reject);
      else reject(error);
    });
    if (body) body.on("error", (error) => request.destroy(error)).pipe(request);
    else request.end();
  });
}

function isReset(error: Error): boolean {
  return "code" in error && error.code === "ECONNRESET";
}

function fieldsFor({ fields, authority }: RequestHead, changes: ForwardChanges, body: unknown): Fields {
  const { without, set } = changes;
  const replaced = new Set([...without, ...set.keys()]);
  const hasHost = fields.get("host")?.toLowerCase() === authority;
  const sent = hasHost ? fields : fields.without(HOST).with(["Host", authority]);
  const kept = sent.without(replaced).with(...set);
  const isChunked = body !== undefined && !fields.has("content-length");
  return isChunked ? kept.with(["Transfer-Encoding", "chunked"]) : kept;
}

function responseOf(message: IncomingMessage): OriginResponse {
  const { statusCode = 502, statusMessage = "", rawHeaders, headers } = message;
  const names = headers["trailer"];
  return {
    status: statusCode,
    statusText: statusMessage,
    fields: endToEnd(Fields.ofRaw(rawHeaders)),
    body: bodyOf(message),
    trailers: names === undefined ? undefined : { names, read: () => Fields.ofRaw(message.rawTrailers) },
  };
}

/**
 * The bytes of a message. A reader that leaves lets a short rest flow, so that the connection can be used
 * again.
 */
function bodyOf(message: IncomingMessage): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const parts: AsyncIterator<Uint8Array> = message.iterator({ destroyOnReturn: false });
      return {
        async next() {
          const part = await parts.next();
          if (part.done && !message.complete) throw new Error("the origin ended in the middle of a body");
          return part;
        },
        async return() {
          const length = Number(message.headers["content-length"] ?? Number.NaN);
          if (length <= SHORT_REST_BYTES) message.resume();
          else message.destroy();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

const HOST = new Set(["host"]);
const SHORT_REST_BYTES = 65_536;

/** An interim response. */
interface Information {
  readonly statusCode: number;
  readonly rawHeaders: string[];
}

/** Passes an interim response on, if the client's version of HTTP has them. */
function passOn({ statusCode, rawHeaders }: Information, response: ServerResponse): void {
  if (response.headersSent || response.req.httpVersion === "1.0") return;
  if (statusCode === 102) response.writeProcessing();
  if (statusCode !== 103) return;
  const hints: Record<string, string | string[]> = {};
  for (const [given, value] of Fields.ofRaw(rawHeaders).pairs) {
    const name = given.toLowerCase();
    const earlier = hints[name];
    hints[name] = earlier === undefined ? value : [earlier, value].flat();
  }
  if (hints["link"] !== undefined) response.writeEarlyHints(hints);
}
