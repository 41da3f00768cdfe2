/** Why a request is refused: the fields of its problem details (RFC 9457). */
export interface ConditionProblem {
  readonly status: 400 | 412 | 428 | 503;
  readonly code:
    | "PRECONDITION_MALFORMED"
    | "PRECONDITION_FAILED"
    | "PRECONDITION_REQUIRED"
    | "VERSION_UNAVAILABLE";
  readonly title: string;
  readonly detail: string;
}

export const FAILED: ConditionProblem = {
  status: 412,
  code: "PRECONDITION_FAILED",
  title: "Precondition Failed",
  detail: "the resource has changed since; read it again, and repeat the change with its new ETag",
};

export const REQUIRED: ConditionProblem = {
  status: 428,
  code: "PRECONDITION_REQUIRED",
  title: "Precondition Required",
  detail: "this request needs an If-Match header with the ETag of the resource",
};

export const UNAVAILABLE: ConditionProblem = {
  status: 503,
  code: "VERSION_UNAVAILABLE",
  title: "Service Unavailable",
  detail: "the version of the resource cannot be compared at the moment",
};

export function malformed(field: "If-Match" | "If-None-Match"): ConditionProblem {
  const detail = `the ${field} header must be * or a list of entity tags in double quotes`;
  return { status: 400, code: "PRECONDITION_MALFORMED", title: "Bad Request", detail };
}

export const PROBLEM_TYPE = "application/problem+json";

/** The body of a refusal. */
export function problemBody({ title, status, code, detail }: ConditionProblem): string {
  return JSON.stringify({ type: "about:blank", title, status, code, detail });
}
