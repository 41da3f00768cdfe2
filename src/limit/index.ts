/** Rate limits and permits: `tenant.limit`. */
export { limitDefaults } from "./defaults.js";
export { createLimit, LimitState, type LimitTenant } from "./limit.js";
export { resolveLimits, resolveOptions as checkedLimitOptions } from "./options.js";
export type {
  LimitNumbers,
  LimitOptions,
  Limits,
  OnUnavailable,
  PeekAnswer,
  PeekArgs,
  RateLimit,
  ResetArgs,
  ResolvedLimit,
  TakeAnswer,
  TakeArgs,
} from "./types.js";
export type { HeldPermit, PermitOptions } from "./using-types.js";
