import type { RequestRun } from "../../idempotency/index.js";
import type { TakeAnswer } from "../../limit/index.js";

const runs = new WeakMap<object, RequestRun>();
const answers = new WeakMap<object, TakeAnswer>();

/**
 * The run of a request: its signal, its fence and its name. Undefined if the request has no key.
 *
 * ```ts
 * const app = express();
 * app.post("/orders", idempotentNode({ tenant: acme }), async (request, response) => {
 *   const run = idempotencyOf(request);
 *   run?.throwIfLost();
 *   response.status(201).json(await placeOrder(request.body, run?.fence));
 * });
 * ```
 *
 * @param request the `Request` of fetch and Next, `c.req.raw` of Hono, or the request of Node and
 *   Express
 */
export function idempotencyOf(request: object): RequestRun | undefined {
  return runs.get(request);
}

/**
 * What `limit.take` answered; undefined if the request has no limits.
 *
 * @param request as for `idempotencyOf`
 */
export function rateLimitOf(request: object): TakeAnswer | undefined {
  return answers.get(request);
}

export function setRun(request: object, run: RequestRun): void {
  runs.set(request, run);
}

export function setAnswer(request: object, answer: TakeAnswer): void {
  answers.set(request, answer);
}
