import { isAccount } from "./caller.js";
import { type IdempotencyKey, requestName } from "./key.js";
import type { ResolvedKeyOptions } from "./key-options.js";
import { type StartedRequest, startRequest } from "./pending-request.js";
import { callerMissing, MALFORMED, MISSING, type Problem, problemOf } from "./problem.js";

/** What happens with a request: nothing is done with it, or it has a problem, a reply or a run. */
export type Decision =
  | { readonly kind: "unkeyed" }
  | { readonly kind: "problem"; readonly problem: Problem }
  | StartedRequest;

/** The content of a request, or why it cannot be compared. */
export type Compared =
  | { readonly kind: "content"; readonly content: unknown }
  | { readonly kind: "problem"; readonly problem: Problem };

/** A request as its adapter reads it. */
export interface ReadRequest<Request> {
  readonly request: Request;
  readonly use: "required" | "optional";
  readonly key: IdempotencyKey;
  /** Reads the content, unless the option `content` does. It is called only if there is a key. */
  contentOf(): Compared | Promise<Compared>;
}

/** The account of all requests if there is no option `caller`. */
const SHARED_ACCOUNT = "";

/**
 * Begins the request of a key.
 *
 * @throws the errors of the options' own functions
 */
export async function decide<Request>(
  { request, use, key, contentOf }: ReadRequest<Request>,
  options: Pick<ResolvedKeyOptions<Request>, "tenantOf" | "caller" | "content" | "start">,
): Promise<Decision> {
  const { tenantOf, caller, content, start } = options;
  if (key.kind === "missing") return use === "required" ? refused(MISSING) : { kind: "unkeyed" };
  if (key.kind === "malformed") return refused(MALFORMED);
  const account: unknown = caller?.(request);
  if (caller && !isAccount(account)) return refused(callerMissing(account));
  const compared: Compared = content
    ? { kind: "content", content: await content(request) }
    : await contentOf();
  if (compared.kind === "problem") return compared;
  const name = requestName(isAccount(account) ? account : SHARED_ACCOUNT, key.key);
  const { run } = tenantOf(request).idempotency;
  return startRequest(run, name, compared.content, start).catch((error: unknown) => {
    const found = problemOf(error);
    if (!found) throw error;
    return refused(found);
  });
}

const refused = (problem: Problem) => ({ kind: "problem", problem }) as const;
