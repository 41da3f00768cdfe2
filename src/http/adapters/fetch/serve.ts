import { notify } from "../../../core/notify.js";
import { type Compared, decide } from "../../decide.js";
import { finishRequest, outcomeOf } from "../../finish.js";
import { KEY_HEADER, keyOf, MALFORMED_KEY } from "../../key.js";
import type { PendingRequest } from "../../pending-request.js";
import { HANDLER_TIMEOUT, LEASE_LOST, problemReply } from "../../problem.js";
import { watchLate } from "../late.js";
import type { KeySettings } from "../options.js";
import { replayOf } from "../replay.js";
import { setRun } from "../run-of-request.js";
import { discard, replacingResponse, responseOf, storedResponse } from "./response.js";

/** The handler's response, and the error from which the framework made it. */
export interface Handled {
  readonly response: Response;
  readonly error?: unknown;
}

/** A response: the handler's own, one in its place, or one without it. */
export interface Served {
  readonly kind: "own" | "replacing" | "unhandled";
  readonly response: Response;
}

/** A request as fetch and Hono have it. `Subject` is what the functions of the options receive. */
export interface KeyedFetch<Subject> {
  readonly subject: Subject;
  readonly request: Request;
  contentOf(): Promise<Compared>;
  handle(): Promise<Handled>;
}

/** The settings of `serveOnce`. */
export interface FetchKeySettings<Subject> extends KeySettings<Subject> {
  readonly isStream: (response: Response) => boolean;
}

/**
 * Runs the handler of a request once.
 *
 * @throws the handler's error, and those of the options' own functions
 */
export async function serveOnce<Subject>(
  fetch: KeyedFetch<Subject>,
  settings: FetchKeySettings<Subject>,
): Promise<Served> {
  const { subject, request, contentOf } = fetch;
  const { methods, use, log } = settings;
  const { method } = request;
  if (!methods.has(method)) return own(await fetch.handle());
  const key = keyOfFetch(request.headers.get(KEY_HEADER));
  const decision = await decide({ request: subject, use, key, contentOf }, settings);
  switch (decision.kind) {
    case "unkeyed":
      return own(await fetch.handle());
    case "problem":
      return { kind: "unhandled", response: responseOf(problemReply(decision.problem, log)) };
    case "replay": {
      const path = () => new URL(request.url).pathname;
      const reply = replayOf(decision.reply, subject, { method, path }, settings);
      return { kind: "unhandled", response: responseOf(reply) };
    }
    case "run":
      setRun(request, decision.pending.run);
      return serveInTime(fetch, decision.pending, settings);
  }
}

const own = ({ response }: Handled): Served => ({ kind: "own", response });

/**
 * `Headers` joins repeated fields with a comma, so a key with a comma may be two headers. Two
 * malformed ones could form one valid string.
 */
function keyOfFetch(header: string | null) {
  return header?.includes(",") ? MALFORMED_KEY : keyOf(header ?? undefined);
}

/** The handler's response, or a problem if there is none in time. */
function serveInTime<Subject>(
  fetch: KeyedFetch<Subject>,
  pending: PendingRequest,
  settings: FetchKeySettings<Subject>,
): Promise<Served> {
  const { log, limits, finish } = settings;
  let handled: Response | undefined;
  const serve = async (): Promise<Served> => {
    const { response, error } = await handle(fetch, pending, finish.recordMs);
    handled = response;
    pending.error = error;
    const stored = () => storedResponse(response, settings.isStream, limits);
    const onUnrecorded = () =>
      notify(() => log.warn({ request: pending.run.request }, "the reply could not be recorded in time"));
    switch (await finishRequest(pending, response.status, stored, finish, onUnrecorded)) {
      case "reply":
        return { kind: "own", response };
      case "leaseLost": {
        discard(response);
        const problem = problemReply(LEASE_LOST, log);
        return { kind: "replacing", response: replacingResponse(response, problem, limits.headers) };
      }
    }
  };
  return new Promise((resolve, reject) => {
    const stop = watchLate(pending.run.signal, finish.recordMs, (late) => {
      // The body takes long, but its head is true. It is sent as it comes, and not stored.
      if (handled && late === HANDLER_TIMEOUT) return resolve({ kind: "own", response: handled });
      const problem = problemReply(late, log);
      if (handled) {
        resolve({ kind: "replacing", response: replacingResponse(handled, problem, limits.headers) });
      } else resolve({ kind: "unhandled", response: responseOf(problem) });
      served.then(
        ({ response }) => discard(response),
        (err: unknown) => notify(() => log.warn({ err }, "the handler failed after its time was over")),
      );
    });
    const served = serve().finally(stop);
    served.then(resolve, reject);
  });
}

/** Runs the handler. An error leaves the key as `onFailure` says. */
async function handle<Subject>(
  fetch: KeyedFetch<Subject>,
  pending: PendingRequest,
  recordMs: number,
): Promise<Handled> {
  pending.isHandlerStarted = true;
  try {
    return await fetch.handle();
  } catch (error) {
    pending.fail("failed");
    await outcomeOf(pending.settled, recordMs);
    throw error;
  }
}
