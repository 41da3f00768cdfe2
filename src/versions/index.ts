/** `moonpath/etags`: entity tags from versions of resources, 304 and 412. */
export {
  type CurrentEntity,
  type EntityTag,
  type EntityTagList,
  formatEntityTag,
  ifMatchNames,
  ifNoneMatchNames,
  matchesStrongly,
  matchesWeakly,
  parseEntityTag,
  parseEntityTags,
} from "../core/http/entity-tags.js";
export { type Decision, decide, type Exchange, type ReplyFields } from "./exchange.js";
export { withEntityTags } from "./fetch.js";
export { entityTagsOfNode, exchangeOfNode, type NodeEntityTagOptions } from "./node.js";
export { type ConditionProblem, PROBLEM_TYPE, problemBody } from "./problem.js";
export type { ConditionalRequest, EntityTagRule } from "./rule.js";
export { entityTagOf, versionOf } from "./tags.js";
export {
  type BeginResult,
  type CurrentVersion,
  createVersions,
  type ResourceWrite,
  type VersionedTenant,
  type Versions,
  type VersionsOptions,
} from "./versions.js";
