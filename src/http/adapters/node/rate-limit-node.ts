import type { IncomingMessage, ServerResponse } from "node:http";
import { countProblem, countRequest } from "../../rate-limit/count.js";
import { type LimitMiddlewareOptions, type LimitSettings, limitSettings } from "../limit-options.js";
import { setAnswer } from "../run-of-request.js";
import { sendReply } from "./send.js";
import { addedField, type NodeMiddleware } from "./types.js";

/**
 * Rate limits as middleware of Express, connect and `requestListener`. A refused request gets 429 with
 * `Retry-After` before its body is read.
 *
 * ```ts
 * const app = express();
 * const limits = { quota: 100, periodMs: 60_000 };
 * app.use(rateLimitNode({ tenant: acme, group: "api", limits }));
 * ```
 *
 * The client's address is `request.ip` of Express, by its setting `trust proxy`, else the address of
 * the socket. `next` receives the errors of the options' own functions.
 *
 * @throws ArgumentError names the first option that is wrong
 */
export function rateLimitNode<Request extends IncomingMessage = IncomingMessage>(
  options: LimitMiddlewareOptions<Request>,
): NodeMiddleware<Request> {
  const settings = limitSettings(options, false);
  return (request, response, next) => {
    const proceed = (isRefused: boolean) => {
      if (!isRefused) next();
    };
    countMessage(request, response, settings).then(proceed).catch(next);
  };
}

/** Whether the request is refused. Its reply is then sent. */
async function countMessage<Request extends IncomingMessage>(
  request: Request,
  response: ServerResponse,
  { options, limits, log }: LimitSettings<Request>,
): Promise<boolean> {
  try {
    const counted = await countRequest(request, addressOf(request), limits, options);
    if (counted === undefined) return false;
    setAnswer(request, counted.answer);
    for (const [name, value] of Object.entries(counted.headers)) response.setHeader(name, value);
    if (counted.refusal) sendReply(response, counted.refusal);
    return counted.refusal !== undefined;
  } catch (error) {
    sendReply(response, countProblem(error, log));
    return true;
  }
}

function addressOf(request: IncomingMessage): string {
  const ip = addedField(request, "ip");
  return typeof ip === "string" ? ip : (request.socket.remoteAddress ?? "");
}
