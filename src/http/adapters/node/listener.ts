import type { IncomingMessage, ServerResponse } from "node:http";
import { asError, notify } from "../../../core/notify.js";
import { type Problem, type ProblemLog, problemOf, problemReply } from "../../problem.js";
import { checkedLog } from "../options.js";
import { noteErrors } from "./idempotent-node.js";
import { sendReply } from "./send.js";
import type { NodeMiddleware } from "./types.js";

/** A handler of `createServer`. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * A listener for `createServer` of `node:http` that calls middleware, and then the handler.
 *
 * ```ts
 * const listener = requestListener([idempotentNode({ tenant: acme })], async (_request, response) => {
 *   response.writeHead(201).end("ordered");
 * });
 * createServer(listener).listen(3_000);
 * ```
 *
 * An error that one of them throws or rejects with is logged, and the reply is a problem with the
 * status 500, or that of the MoonpathError.
 *
 * @param options `log` receives the errors. Default: `console`
 * @throws ArgumentError if `log` is not a log
 */
export function requestListener(
  middleware: readonly NodeMiddleware[],
  handler: NodeHandler,
  options: { readonly log?: ProblemLog | undefined } = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  const log = checkedLog(options.log);
  return (request, response) => {
    const fail = (error: unknown) =>
      noteErrors(error, request, response, () => {
        if (!response.headersSent) {
          return sendReply(response, problemReply(problemOf(error) ?? internal(error), log));
        }
        notify(() => log.error({ err: error }, "the handler failed after its reply had begun"));
        if (!response.writableEnded) response.destroy();
      });
    const call = async (index: number): Promise<void> => {
      const step = middleware[index];
      if (!step) await handler(request, response);
      else step(request, response, (error) => (error === undefined ? go(index + 1) : fail(error)));
    };
    const go = (index: number) => void call(index).catch(fail);
    go(0);
  };
}

function internal(error: unknown): Problem {
  return { status: 500, code: "INTERNAL", detail: "the request failed", error: asError(error) };
}
