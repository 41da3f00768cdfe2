import { type EntityTagList, parseEntityTags } from "../core/http/entity-tags.js";
import { type ConditionProblem, FAILED, malformed, REQUIRED, UNAVAILABLE } from "./problem.js";
import type { ConditionalRequest, EntityTagRule } from "./rule.js";
import { versionOf } from "./tags.js";
import type { ResourceWrite, Versions } from "./versions.js";

type Begun =
  | { readonly kind: "begun"; readonly write: ResourceWrite }
  | { readonly kind: "refused"; readonly problem: ConditionProblem };

/** Begins the write of a request whose conditions are true. */
export async function beginWrite(
  versions: Pick<Versions, "read" | "begin">,
  rule: EntityTagRule,
  request: ConditionalRequest,
): Promise<Begun> {
  const match = parseEntityTags(request.header("if-match"));
  const noneMatch = parseEntityTags(request.header("if-none-match"));
  if (match.kind === "malformed") return refused(malformed("If-Match"));
  if (noneMatch.kind === "malformed") return refused(malformed("If-None-Match"));
  const isUnconditional = match.kind === "absent" && noneMatch.kind === "absent";
  if (isUnconditional && rule.ifMatch === "required") return refused(REQUIRED);
  const tokens = match.kind === "tags" ? strongVersions(match) : undefined;
  if (tokens?.length === 0) return refused(FAILED);
  // The usual case takes one round trip: the script compares.
  const [only] = tokens ?? [];
  if (noneMatch.kind === "absent" && (tokens === undefined || tokens.length === 1)) {
    if (match.kind === "any" && (await rule.exists?.()) === false) return refused(FAILED);
    return begin(versions, rule, only);
  }
  const current = await versions.read(rule.resource);
  if (current.kind === "unavailable") return refused(UNAVAILABLE);
  if (current.kind === "writing") return refused(FAILED);
  const { token } = current;
  if (tokens?.includes(token) === false) return refused(FAILED);
  if (noneMatch.kind === "tags" && namesWeakly(noneMatch, token)) return refused(FAILED);
  // After the reading: the write only begins if nobody has created the resource since.
  const exists = match.kind === "any" || noneMatch.kind === "any" ? await rule.exists?.() : undefined;
  if (match.kind === "any" && exists === false) return refused(FAILED);
  if (noneMatch.kind === "any" && exists === true) return refused(FAILED);
  return begin(versions, rule, token);
}

async function begin(
  versions: Pick<Versions, "begin">,
  { resource }: EntityTagRule,
  expected: string | undefined,
) {
  const begun = await versions.begin(resource, expected);
  switch (begun.kind) {
    case "begun":
      return begun;
    case "changed":
      return refused(FAILED);
    case "unavailable":
      return refused(UNAVAILABLE);
  }
}

function refused(problem: ConditionProblem): Begun {
  return { kind: "refused", problem };
}

/** The versions that `If-Match` names. Any variant stands for all, because a write changes all. */
function strongVersions({ tags }: Extract<EntityTagList, { kind: "tags" }>): readonly string[] {
  return [...new Set(tags.flatMap((tag) => versionOf(tag) ?? []))];
}

function namesWeakly({ tags }: Extract<EntityTagList, { kind: "tags" }>, token: string): boolean {
  return tags.some(({ opaque }) => versionOf({ weak: false, opaque }) === token);
}
