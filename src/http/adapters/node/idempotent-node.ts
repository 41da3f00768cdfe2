import type { IncomingMessage, ServerResponse } from "node:http";
import { notify } from "../../../core/notify.js";
import { type Decision, decide } from "../../decide.js";
import { finishRequest } from "../../finish.js";
import { isRepeated, KEY_HEADER, keyOf, MALFORMED_KEY } from "../../key.js";
import type { PendingRequest } from "../../pending-request.js";
import { LEASE_LOST, problemReply } from "../../problem.js";
import { NOT_KEPT, type StoredBody, storedBody, storedReply } from "../../stored-reply.js";
import { watchLate } from "../late.js";
import { type KeyMiddlewareOptions, type KeySettings, keySettings } from "../options.js";
import { replayOf } from "../replay.js";
import { setRun } from "../run-of-request.js";
import { type BegunReply, HeldReply } from "./held-reply.js";
import { contentOfMessage } from "./request-body.js";
import { sendReply } from "./send.js";
import { type NodeMiddleware, routeOf } from "./types.js";

const pendingRequests = new WeakMap<object, PendingRequest>();

/**
 * `Idempotency-Key` as middleware of Express, connect and `requestListener`. The handler of a request
 * runs once. A repeated request with the same key gets the stored reply, with the header
 * `Idempotency-Replayed: true`.
 *
 * ```ts
 * const app = express();
 * app.use(express.json());
 * app.post("/orders", idempotentNode({ tenant: acme }), async (request, response) => {
 *   response.status(201).json(await placeOrder(request.body));
 * });
 * app.use(noteErrors);
 * ```
 *
 * Errors are `application/problem+json`. `next` receives the errors of the options' own functions.
 *
 * @throws ArgumentError names the first option that is wrong
 */
export function idempotentNode<Request extends IncomingMessage = IncomingMessage>(
  options: KeyMiddlewareOptions<Request>,
): NodeMiddleware<Request> {
  const settings = keySettings(options);
  return (request, response, next) => {
    if (!settings.methods.has(request.method ?? "")) return next();
    const proceed = (decision: Decision) => {
      switch (decision.kind) {
        case "unkeyed":
          return next();
        case "problem":
          return sendReply(response, problemReply(decision.problem, settings.log));
        case "replay": {
          const { method = "" } = request;
          const path = () => routeOf(request);
          return sendReply(response, replayOf(decision.reply, request, { method, path }, settings));
        }
        case "run": {
          const { pending } = decision;
          // Another timeout may have replied meanwhile.
          if (response.headersSent) return pending.fail("notRun");
          setRun(request, pending.run);
          pendingRequests.set(request, pending);
          holdReply(response, pending, settings, next);
          pending.isHandlerStarted = true;
          return next();
        }
      }
    };
    decideMessage(request, settings).then(proceed).catch(next);
  };
}

/**
 * Middleware of Express for the errors of handlers. Use it after the routes, and before your own
 * middleware for errors. A reply that follows a retryable error, such as `BusyError`, is then not
 * stored, whichever status it has.
 */
export function noteErrors(
  error: unknown,
  request: IncomingMessage,
  _response: ServerResponse,
  next: (error?: unknown) => void,
): void {
  const pending = pendingRequests.get(request);
  if (pending) pending.error = error;
  next(error);
}

function decideMessage<Request extends IncomingMessage>(
  request: Request,
  settings: KeySettings<Request>,
): Promise<Decision> {
  const { use, maxBodyBytes, start } = settings;
  const { rawHeaders, headers } = request;
  const key = isRepeated(rawHeaders, KEY_HEADER) ? MALFORMED_KEY : keyOf(headers[KEY_HEADER]);
  const contentOf = () => contentOfMessage(request, { maxBodyBytes, bodyMs: start.handlerMs });
  return decide({ request, use, key, contentOf }, settings);
}

/** Holds the reply until it is recorded. */
function holdReply<Request>(
  response: ServerResponse,
  pending: PendingRequest,
  { log, limits, finish }: KeySettings<Request>,
  next: (error?: unknown) => void,
): void {
  const onReply = (begun: BegunReply) => {
    const status = response.statusCode;
    const header = (name: string) => response.getHeader(name);
    const stored = () => storedReply({ status, header, body: bodyOf(begun, limits.maxReplyBytes) }, limits);
    const onUnrecorded = () =>
      notify(() => log.warn({ request: pending.run.request }, "the reply could not be recorded in time"));
    finishRequest(pending, status, stored, finish, onUnrecorded)
      .finally(stop)
      .then(
        (finished) => {
          if (finished === "reply") held.release();
          else held.replace(problemReply(LEASE_LOST, log), limits.headers);
        },
        (error: unknown) => {
          held.abandon(limits.headers);
          next(error);
        },
      );
  };
  const held = new HeldReply(response, onReply);
  const stop = watchLate(pending.run.signal, finish.recordMs, (late) => {
    if (held.isOpen) held.replace(problemReply(late, log), limits.headers);
  });
}

function bodyOf(begun: BegunReply, maxBytes: number): StoredBody {
  if (begun.kind === "stream" || (begun.bytes?.length ?? 0) > maxBytes) return NOT_KEPT;
  return storedBody(begun.bytes);
}
