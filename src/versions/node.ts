import type { IncomingMessage, ServerResponse } from "node:http";
import { decide, type Exchange } from "./exchange.js";
import { PROBLEM_TYPE, problemBody } from "./problem.js";
import type { EntityTagRule } from "./rule.js";
import type { Versions } from "./versions.js";

/** Options of `entityTagsOfNode`. */
export interface NodeEntityTagOptions<Incoming extends IncomingMessage> {
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

/** Sets the fields when the head is sent, and ends a write before the reply ends. */
function setFields(response: ServerResponse, exchange: Exchange): void {
  const { writeHead, end } = response;
  response.writeHead = (...args: unknown[]) => {
    response.writeHead = writeHead;
    const [status] = args;
    const fields = exchange.fieldsOf(typeof status === "number" ? status : response.statusCode);
    for (const [name, value] of Object.entries(fields)) {
      if (name === "vary") response.appendHeader(name, value);
      else if (!response.hasHeader(name)) response.setHeader(name, value);
    }
    Reflect.apply(writeHead, response, args);
    return response;
  };
  if (exchange.write === undefined) {
    // Express makes a tag of its own if there is none.
    const { etag } = exchange.fieldsOf(200);
    if (etag !== undefined) response.setHeader("etag", etag);
    return;
  }
  response.end = (...args: unknown[]) => {
    response.end = end;
    exchange.end().then(
      () => Reflect.apply(end, response, args),
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
    return response;
  };
  // A client that has gone: the handler may still write, so only the end of its time ends the write.
}
