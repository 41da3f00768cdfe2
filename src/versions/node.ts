import type { IncomingMessage, ServerResponse } from "node:http";
import { decide, type Exchange } from "./exchange.js";
import { PROBLEM_TYPE, problemBody } from "./problem.js";
import type { EntityTagRule } from "./rule.js";
import type { Versions } from "./versions.js";

/** Options of `entityTagsOfNode`. */
export interface NodeEntityTagOptions<Incoming extends IncomingMessage> {
  /** What `createVersions` has made. */
  readonly versions: Pick<Versions, "read" | "begin">;
  /** The rule of a request; undefined: it has no tags. */
  readonly rule: (request: Incoming) => EntityTagRule | undefined;
}

const exchanges = new WeakMap<IncomingMessage, Exchange>();

/**
 * The exchange of a request whose handler runs behind `entityTagsOfNode`; undefined if the request has no
 * rule.
 */
export function exchangeOfNode(request: IncomingMessage): Exchange | undefined {
  return exchanges.get(request);
}

/**
 * Middleware `(req, res, next)` for Express and node:http. Put it behind the middleware that checks the
 * authorization. The end of a write's reply waits until Redis knows of the write.
 *
 * ```ts
 * const tags = entityTagsOfNode({ versions, rule: ({ url }) => ({ resource: `page:${url}` }) });
 * createServer((req, res) => tags(req, res, () => res.end(page)));
 * ```
 *
 * @returns a function that passes errors to `next`, such as an ArgumentError for a wrong rule
 */
export function entityTagsOfNode<Incoming extends IncomingMessage>({
  versions,
  rule,
}: NodeEntityTagOptions<Incoming>): (
  request: Incoming,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void {
  const handle = async (request: Incoming, response: ServerResponse): Promise<boolean> => {
    const found = rule(request);
    if (found === undefined) return true;
    const { method = "GET", headers } = request;
    const header = (name: string) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    };
    const decision = await decide(versions, found, { method, header });
    switch (decision.kind) {
      case "notModified":
        response.writeHead(304, { ...decision.fields }).end();
        return false;
      case "refused": {
        const { problem } = decision;
        response.writeHead(problem.status, { "content-type": PROBLEM_TYPE }).end(problemBody(problem));
        return false;
      }
      case "run":
        exchanges.set(request, decision.exchange);
        setFields(response, decision.exchange);
        return true;
    }
  };
  return (request, response, next) => {
    handle(request, response).then(
      (runs) => {
        if (runs) next();
      },
      (error: unknown) => next(error),
    );
  };
}

/** No handler sets this tag. It keeps Express from making one of its own. */
const PLACEHOLDER = '""';

/** Sets the fields when the head is sent, and ends a write before the reply ends. */
function setFields(response: ServerResponse, exchange: Exchange): void {
  const { writeHead, write, flushHeaders, end } = response;
  const early = exchange.write === undefined ? exchange.fieldsOf(200)["etag"] : PLACEHOLDER;
  if (early !== undefined) response.setHeader("etag", early);
  let head: unknown[] | undefined;

  const sendHead = (args: unknown[]) => {
    Object.assign(response, { writeHead, write, flushHeaders });
    const [status] = args;
    if (response.getHeader("etag") === early) response.removeHeader("etag");
    const fields = exchange.fieldsOf(typeof status === "number" ? status : response.statusCode);
    for (const [name, value] of Object.entries(fields)) {
      if (name === "vary") response.appendHeader(name, value);
      else if (!response.hasHeader(name)) response.setHeader(name, value);
    }
    Reflect.apply(writeHead, response, args);
  };
  const sendSavedHead = () => sendHead(head ?? [response.statusCode]);

  if (exchange.write === undefined) {
    response.writeHead = (...args: unknown[]) => {
      sendHead(args);
      return response;
    };
    return;
  }
  // The head waits for the end of the write, which knows the tag, unless the reply is a stream.
  response.writeHead = (...args: unknown[]) => {
    head = args;
    return response;
  };
  response.write = (...args: unknown[]): boolean => {
    sendSavedHead();
    return Boolean(Reflect.apply(write, response, args));
  };
  response.flushHeaders = () => {
    sendSavedHead();
    response.flushHeaders();
  };
  response.end = (...args: unknown[]) => {
    exchange.end().then(
      () => {
        if (!response.headersSent) sendSavedHead();
        response.end = end;
        Reflect.apply(end, response, args);
      },
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
    return response;
  };
}
